//! What goes wrong around records is nobody's silent loss: failing reads, panics in the event's own code, huge
//! records, clusters that are dropped, handles of an older version (RELIABILITY B9, C4, E4, D1; DP-25, TE-03).

mod failing_disk;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use failing_disk::Failing;
use rama_core::{
    cluster::Cluster,
    error::{AppendError, Error, LaunchError, ReadError},
    prelude::*,
};
use rama_test::{InProcessCluster, LaunchConfig};
use serde::{Deserializer, Serializer};

/// Long enough that only an answer that never comes takes longer.
const NEVER: Duration = Duration::from_secs(60);

defmodule! {
    /// Counts each number twice.
    CountModule {
        depot *numbers: i64, hash_by(|number| *number);

        stream counts {
            pstate $$first: Map<i64, u64>;
            pstate $$second: Map<i64, u64>;

            sources! {
                source(*numbers) :> number;
                local_transform([keypath(number), nil_to_val(0), term(|n| n + 1)], $$first);
                local_transform([keypath(number), nil_to_val(0), term(|n| n + 1)], $$second);
            }
        }
    }
}

fn one_task() -> LaunchConfig {
    LaunchConfig::new().tasks(1)
}

#[tokio::test]
async fn a_failing_read_ends_the_module_before_an_effect_is_lost() {
    let disk = Failing::default();
    let ipc = InProcessCluster::create_on_disks(disk.for_every_module()).await.unwrap();
    let module = ipc.launch(CountModule, one_task()).await.unwrap();
    module.depot.numbers.append_all(0..200_000, AckLevel::AppendAck).await.unwrap();
    // After the restart the rows are in the store only, and not in its cache.
    let module = ipc.update(CountModule).await.unwrap();
    disk.reads_fail.store(true, Ordering::Relaxed);
    let unknown = module.depot.numbers.append_with(7, AckLevel::AppendAck).await;
    let Err(AppendError::Unknown { reason }) = unknown else { panic!("{unknown:?}") };
    assert!(reason.contains("cannot be read"), "{reason}");
    disk.reads_fail.store(false, Ordering::Relaxed);
    ipc.update(CountModule).await.unwrap_err();
    let module = ipc.launch(CountModule, one_task()).await.unwrap();
    module.depot.numbers.append(7).await.unwrap();
    let count = module.pstate.first.select_one(path![keypath(7)]).await.unwrap();
    let stored = module.depot.numbers.partition_info(TaskId(0)).unwrap().end.0;
    assert_eq!(count, Some(stored - 200_000 + 1), "every stored record has its effect");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appends_to_a_cluster_that_is_dropped_are_all_answered() {
    for round in 0..150 {
        let cluster = Cluster::in_memory();
        let config = LaunchConfig::new().tasks(2);
        let module = cluster.launch(CountModule, config).await.unwrap();
        let append = |first: i64| {
            let numbers = module.depot.numbers.clone();
            tokio::spawn(async move {
                let mut number = first;
                while numbers.append(number).await.is_ok() {
                    number += 1;
                }
            })
        };
        let clients: Vec<_> = (0..8).map(append).collect();
        for _ in 0..round % 50 {
            tokio::task::yield_now().await;
        }
        tokio::task::spawn_blocking(move || drop(cluster)).await.unwrap();
        for client in clients {
            tokio::time::timeout(NEVER, client).await.expect("an append hangs").unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_has_seen_one_effect_of_a_record_sees_all_of_them() {
    let cluster = Cluster::in_memory();
    let module = cluster.launch(CountModule, one_task()).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let writer = {
        let (module, done) = (module.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            for _ in 0..5_000 {
                module.depot.numbers.append(1).await.unwrap();
            }
            done.store(true, Ordering::Relaxed);
        })
    };
    while !done.load(Ordering::Relaxed) {
        let first = module.pstate.first.select_one(path![keypath(1)]).await.unwrap();
        let second = module.pstate.second.select_one(path![keypath(1)]).await.unwrap();
        assert!(first <= second, "{first:?} was seen, and then {second:?}");
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
}

/// An event whose copy panics.
#[derive(Debug, Serialize, Deserialize)]
struct Uncopied(i64);

impl Clone for Uncopied {
    fn clone(&self) -> Self {
        assert!(self.0 != 13, "thirteen");
        Self(self.0)
    }
}

defmodule! {
    /// Two topologies on one depot, so that records are copied.
    CopyModule {
        depot *numbers: Uncopied, global;

        stream one {
            pstate $$ones: Map<i64, i64>;
            sources! {
                source(*numbers) :> Uncopied(number);
                |hash(0_i64);
                local_transform([keypath(0), nil_to_val(0), term(|sum| sum + number)], $$ones);
            }
        }

        stream two {
            pstate $$twos: Map<i64, i64>;
            sources! {
                source(*numbers) :> Uncopied(number);
                |hash(0_i64);
                local_transform([keypath(0), nil_to_val(0), term(|sum| sum + number)], $$twos);
            }
        }
    }
}

#[tokio::test]
async fn a_panic_in_the_copy_of_an_event_fails_that_event_alone() {
    let ipc = InProcessCluster::create().await.unwrap();
    let module = ipc.launch(CopyModule, LaunchConfig::new()).await.unwrap();
    let numbers = (0..100).map(Uncopied);
    let failed = module.depot.numbers.append_all(numbers, AckLevel::Ack).await.unwrap_err();
    let AppendError::Failed { topology: "one", reason, .. } = failed else { panic!("{failed}") };
    assert!(reason.contains("thirteen"), "{reason}");
    let ones = module.pstate.ones.select_one(path![keypath(0)]).await.unwrap();
    assert_eq!(ones, Some((0..100).sum::<i64>() - 13));
    let twos = module.pstate.twos.select_one(path![keypath(0)]).await.unwrap();
    assert_eq!(twos, Some((0..100).sum()), "the other topology does not copy it");
}

/// An event of any size.
#[derive(Clone, Debug)]
struct Fat(usize);

impl Serialize for Fat {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        "x".repeat(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Fat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.len()))
    }
}

defmodule! {
    /// Takes anything.
    FatModule {
        depot *fat: Fat, global;
    }
}

#[tokio::test]
async fn large_records_are_committed_in_several_groups_and_too_large_ones_refused() {
    let ipc = InProcessCluster::create().await.unwrap();
    let module = ipc.launch(FatModule, one_task()).await.unwrap();
    let fat = (0..40).map(|_| Fat(1_000_000));
    module.depot.fat.append_all(fat, AckLevel::Ack).await.unwrap();
    let refused = module.depot.fat.append(Fat(65 * 1024 * 1024)).await.unwrap_err();
    let AppendError::Encode { reason, .. } = refused else { panic!("{refused}") };
    assert!(reason.contains("split it"), "{reason}");
    let place = module.depot.fat.append(Fat(1)).await.unwrap().place();
    assert_eq!(place.map(|(_, offset)| offset.0), Some(40));
}

/// Two versions of a module whose types differ.
mod versions {
    /// The first.
    pub(crate) mod one {
        use rama_core::prelude::*;

        defmodule! {
            /// Numbers by number.
            pub(crate) KeysModule {
                depot *numbers: i64, global;
                stream keys {
                    pstate $$keys: Map<i64, i64>;
                    sources! {
                        source(*numbers) :> number;
                        |hash(number);
                        local_transform([keypath(number), termval(number)], $$keys);
                    }
                }
            }
        }
    }

    /// The depot has another type.
    pub(crate) mod other_event {
        use rama_core::prelude::*;

        defmodule! {
            /// Numbers by number.
            pub(crate) KeysModule {
                depot *numbers: u64, global;
                stream keys {
                    pstate $$keys: Map<i64, i64>;
                    sources! {
                        source(*numbers) :> number;
                        let number = i64::try_from(number)?;
                        |hash(number);
                        local_transform([keypath(number), termval(number)], $$keys);
                    }
                }
            }
        }
    }

    /// The PState has another key.
    pub(crate) mod other_key {
        use rama_core::prelude::*;

        defmodule! {
            /// Numbers by number.
            pub(crate) KeysModule {
                depot *numbers: i64, global;
                stream keys {
                    pstate $$keys: Map<i32, i64>;
                    sources! {
                        source(*numbers) :> number;
                        let key = i32::try_from(number)?;
                        |hash(key);
                        local_transform([keypath(key), termval(number)], $$keys);
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn a_handle_of_an_older_version_says_that_it_is_one() {
    let ipc = InProcessCluster::create().await.unwrap();
    let old = ipc.launch(versions::one::KeysModule, LaunchConfig::new()).await.unwrap();
    old.depot.numbers.append(1).await.unwrap();
    let new = ipc.update(versions::other_event::KeysModule).await.unwrap();
    let refused = old.depot.numbers.append(2).await.unwrap_err();
    let AppendError::Outdated { module: "KeysModule" } = refused else { panic!("{refused}") };
    new.depot.numbers.append(3).await.unwrap();
    let value = old.pstate.keys.select_one(path![keypath(3)]).await.unwrap();
    assert_eq!(value, Some(3), "what did not change can still be used");
    let stopped = {
        ipc.shutdown().await.unwrap();
        old.pstate.keys.select_one(path![keypath(3)]).await.unwrap_err()
    };
    let ReadError::Stopped { .. } = stopped else { panic!("{stopped}") };
}

#[tokio::test]
async fn another_key_type_for_stored_rows_is_refused() {
    let ipc = InProcessCluster::create().await.unwrap();
    let module = ipc.launch(versions::one::KeysModule, LaunchConfig::new()).await.unwrap();
    module.depot.numbers.append(1).await.unwrap();
    let refused = ipc.update(versions::other_key::KeysModule).await.unwrap_err();
    let Error::Launch(LaunchError::Mismatch { reason, .. }) = refused else { panic!("{refused}") };
    assert!(reason.contains("`$$keys`") && reason.contains("`Map<i64, _>`"), "{reason}");
    assert!(reason.contains("`Map<i32, _>`"), "{reason}");
    let module = ipc.launch(versions::one::KeysModule, LaunchConfig::new()).await.unwrap();
    let value = module.pstate.keys.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(value, Some(1), "nothing was touched");
}
