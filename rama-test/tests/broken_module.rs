//! A module that cannot make anything durable any more says so, to everybody, and loses nothing that it
//! acknowledged (RELIABILITY findings 2 and 3, scenarios A2, C3; DP-25).

mod failing_disk;

use std::sync::atomic::Ordering;

use failing_disk::Failing;
use rama_core::{error::AppendError, prelude::*};
use rama_test::{InProcessCluster, LaunchConfig};
use serde::Serializer;

/// A number that some encoders cannot stand.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Fragile(i64);

impl Serialize for Fragile {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        assert!(self.0 != 13, "thirteen");
        serializer.serialize_newtype_struct("Fragile", &self.0)
    }
}

defmodule! {
    /// Counts, and keeps a value that may fail to encode.
    FragileModule {
        depot *numbers: i64, global;
        depot *fragile: Fragile, global;

        stream numbers {
            pstate $$last: Map<i64, Fragile>;

            sources! {
                source(*numbers, retry: none) :> number;
                |hash(0_i64);
                local_transform([keypath(0), termval(Fragile(number))], $$last);
            }
        }
    }
}

#[tokio::test]
async fn a_failed_sync_is_an_unknown_outcome_and_ends_the_module() -> Result<()> {
    let disk = Failing::default();
    let ipc = InProcessCluster::create_on_disks(disk.for_every_module()).await?;
    let module = ipc.launch(FragileModule, LaunchConfig::new()).await?;
    module.depot.numbers.append(1).await?;

    disk.syncs_fail.store(true, Ordering::Relaxed);
    let unknown = module.depot.numbers.append(2).await;
    let Err(AppendError::Unknown { reason }) = unknown else { panic!("{unknown:?}") };
    assert!(reason.contains("the disk is gone"), "{reason}");
    let refused = module.depot.numbers.append(3).await;
    let Err(AppendError::Broken { module: name, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(name, "FragileModule");
    let last = module.pstate.last.select_one(path![keypath(0)]).await?;
    assert_eq!(last, Some(Fragile(1)), "what is committed can still be read, and nothing else");

    disk.syncs_fail.store(false, Ordering::Relaxed);
    ipc.update(FragileModule).await.expect_err("the first stop tells that work was lost");
    let module = ipc.launch(FragileModule, LaunchConfig::new()).await?;
    let last = module.pstate.last.select_one(path![keypath(0)]).await?;
    let known = last == Some(Fragile(1)) || last == Some(Fragile(2));
    assert!(known, "acknowledged, or the one whose outcome was unknown: {last:?}");
    module.depot.numbers.append(4).await?;
    assert_eq!(module.pstate.last.select_one(path![keypath(0)]).await?, Some(Fragile(4)));
    Ok(())
}

#[tokio::test]
async fn a_record_that_does_not_encode_is_refused_and_nothing_else_happens() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let module = ipc.launch(FragileModule, LaunchConfig::new()).await?;
    let refused = module.depot.fragile.append(Fragile(13)).await;
    let Err(AppendError::Encode { depot: "fragile", reason }) = refused else {
        panic!("{refused:?}")
    };
    assert!(reason.contains("panicked"), "{reason}");
    let place = module.depot.fragile.append(Fragile(1)).await?.place();
    assert_eq!(place.map(|(_, offset)| offset.0), Some(0), "the refused one has no offset");
    Ok(())
}

#[tokio::test]
async fn a_row_that_does_not_encode_ends_the_module_once_and_then_fails_its_record() -> Result<()> {
    let disk = Failing::default();
    let ipc = InProcessCluster::create_on_disks(disk.for_every_module()).await?;
    let module = ipc.launch(FragileModule, LaunchConfig::new()).await?;
    module.depot.numbers.append(1).await?;
    let unknown = module.depot.numbers.append(13).await;
    let Err(AppendError::Unknown { reason }) = unknown else { panic!("{unknown:?}") };
    assert!(reason.contains("a row of `$$last` cannot be stored: panic: thirteen"), "{reason}");
    assert!(reason.contains("Start the module again"), "{reason}");
    let last = module.pstate.last.select_one(path![keypath(0)]).await?;
    assert_eq!(last, Some(Fragile(1)));

    ipc.update(FragileModule).await.expect_err("the first stop tells that work was lost");
    let module = ipc.launch(FragileModule, LaunchConfig::new()).await?;
    let numbers = module.depot.numbers.clone();
    let all = [2, 13, 3].map(|number| {
        let numbers = numbers.clone();
        tokio::spawn(async move { numbers.append(number).await })
    });
    let [two, thirteen, three] = all;
    two.await.unwrap()?;
    three.await.unwrap()?;
    let failed = thirteen.await.unwrap();
    let Err(AppendError::Failed { reason, .. }) = failed else { panic!("{failed:?}") };
    assert!(reason.contains("a row of `$$last` cannot be stored: panic: thirteen"), "{reason}");
    let last = module.pstate.last.select_one(path![keypath(0)]).await?;
    assert_eq!(last, Some(Fragile(3)));

    // A row was refused in this life, so the next one looks, too; the one after it does not.
    let module = ipc.update(FragileModule).await?;
    module.depot.numbers.append(13).await.expect_err("thirteen");
    let module = ipc.update(FragileModule).await?;
    module.depot.numbers.append(4).await?;
    let module = ipc.update(FragileModule).await?;
    let unknown = module.depot.numbers.append(13).await;
    assert!(matches!(unknown, Err(AppendError::Unknown { .. })), "{unknown:?}");
    Ok(())
}
