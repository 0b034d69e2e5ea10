//! The clock of the machine is set back: times of records never decrease, and whatever was to come with time comes as long
//! after as it was to (RELIABILITY B16).

use std::{
    collections::BTreeMap,
    future::pending,
    sync::{Arc, Mutex, MutexGuard},
    task::Waker,
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock, Sleep, Timestamp},
    cluster::{Cluster, Durability, Tuning},
    id::TaskId,
    module::Module,
    prelude::*,
};
use rama_test::LaunchConfig;

use crate::{CHECKPOINT, INTERVAL, SumModule, disk::TestDisk};

/// Longer than all the time that passes in a test.
const BACK: Duration = Duration::from_secs(1 << 40);

/// Looks after which it is taken for granted that something does not happen; a second passes at each of them at most.
const LOOKS: u32 = 3_000_000;

/// A clock whose time of day can be set back.
#[derive(Debug)]
struct Wall {
    steady: ManualClock,
    /// How far it was set back.
    back: Mutex<Duration>,
}

impl Wall {
    fn new() -> Arc<Self> {
        let start = Timestamp(0).after(BACK).after(Duration::from_secs(1_000));
        Arc::new(Self { steady: ManualClock::new(start), back: Mutex::default() })
    }

    fn set_back(&self) {
        *self.back() += BACK;
    }

    fn advance(&self, by: Duration) {
        self.steady.advance(by);
    }

    fn back(&self) -> MutexGuard<'_, Duration> {
        self.back.lock().unwrap()
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        self.steady.now()
    }

    fn wall(&self) -> Timestamp {
        let back = Timestamp(0).after(*self.back());
        Timestamp(0).after(self.steady.now().since(back))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.steady.sleep(duration)
    }

    fn alarm(&self, at: Timestamp, waker: &Waker) -> Option<Duration> {
        self.steady.alarm(at, waker)
    }
}

async fn launch<M: Module>(
    disk: &TestDisk,
    clock: &Arc<Wall>,
    module: M,
    (durability, checkpoint_interval): (Durability, Duration),
) -> (Cluster, M::Client) {
    let cluster = Cluster::on_disks(disk.for_every_module());
    let cluster = cluster.with_clock(Arc::<Wall>::clone(clock));
    // The watchdog, which wakes by the clock as well, hardly does.
    let config = LaunchConfig::new().tasks(1).durability(durability).stuck_after(BACK);
    let tuning = Tuning { checkpoint_interval, ..Tuning::default() };
    let client = cluster.launch(module, config.tuning(tuning)).await.unwrap();
    (cluster, client)
}

/// Lets time pass in small steps until something is so.
async fn pass_until(
    clock: &Wall,
    step: Duration,
    what: &str,
    mut is_so: impl AsyncFnMut() -> bool,
) {
    for _ in 0..LOOKS {
        if is_so().await {
            return;
        }
        clock.advance(step);
        tokio::task::yield_now().await;
    }
    panic!("it does not happen in time that {what}");
}

/// Waits until somebody waits for the clock, no longer than that.
async fn until_awaited(clock: &Wall, within: Duration) {
    let soon = || clock.steady.next_wait().is_some_and(|at| at <= clock.steady.now().after(within));
    pass_until(clock, Duration::ZERO, "somebody waits for the clock", async || soon()).await;
}

#[tokio::test]
async fn times_of_records_never_decrease_when_the_clock_is_set_back() {
    let (disk, clock) = (TestDisk::default(), Wall::new());
    let (cluster, module) = launch(&disk, &clock, SumModule, (Durability::Sync, CHECKPOINT)).await;
    let numbers = module.depot.numbers;
    let first = clock.wall();
    numbers.append(0).await.unwrap();
    clock.set_back();
    assert!(clock.wall() < first);
    numbers.append(1).await.unwrap();
    cluster.kill().await;
    cluster.restart().await.unwrap();
    numbers.append(2).await.unwrap();
    cluster.update(SumModule).await.unwrap();
    numbers.append(3).await.unwrap();
    clock.advance(BACK + INTERVAL);
    numbers.append(4).await.unwrap();
    let records = numbers.read(TaskId(0), 0..5).await.unwrap().records;
    let times: Vec<_> = records.iter().map(|record| record.time).collect();
    assert_eq!(times, [first, first, first, first, first.after(INTERVAL)]);
}

#[tokio::test]
async fn checkpoints_and_syncs_are_not_put_off_when_the_clock_is_set_back() {
    // A checkpoint would sync the log as well.
    let log = ("commit-", INTERVAL, (Durability::Interval(INTERVAL), BACK));
    let store = ("store", CHECKPOINT, (Durability::Sync, CHECKPOINT));
    for (file, interval, of) in [log, store] {
        for commits in [true, false] {
            let (disk, clock) = (TestDisk::default(), Wall::new());
            let (_cluster, module) = launch(&disk, &clock, SumModule, of).await;
            module.depot.numbers.append(0).await.unwrap();
            until_awaited(&clock, interval).await;
            clock.set_back();
            if commits {
                module.depot.numbers.append(1).await.unwrap();
            }
            let (_, syncs) = disk.uses(file);
            let what = format!("`{file}` is synced, with another commit: {commits}");
            pass_until(&clock, interval / 10, &what, async || disk.uses(file).1 > syncs).await;
        }
    }
}

/// What a job does in its first attempt.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Job {
    Waits,
    Fails,
}

const LIMIT: Duration = Duration::from_secs(5);

/// How often jobs were begun, by test.
static BEGUN: Mutex<BTreeMap<u64, u32>> = Mutex::new(BTreeMap::new());

fn is_first(run: u64) -> bool {
    let mut begun = BEGUN.lock().unwrap();
    let begun = begun.entry(run).or_default();
    *begun += 1;
    *begun == 1
}

fn fails(first: bool) -> Result<(), EventError> {
    if first { Err(EventError::new("the first attempt fails")) } else { Ok(()) }
}

defmodule! {
    /// Jobs that are done in their second attempt.
    JobsModule {
        depot *alone: (u64, Job), global;
        depot *in_line: (u64, Job), global;

        stream jobs {
            pstate $$done: Vec<u64>;

            sources! {
                source(*alone, timeout: LIMIT) :> (run, job);
                let first = is_first(run);
                if first && matches!(job, Job::Waits) {
                    await_future(pending::<u64>(), timeout: BACK) :> id;
                } else {
                    fails(first)?;
                    let id = run;
                }
                local_transform([nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);

                source(*in_line, retry: all_after, timeout: LIMIT) :> (run, job);
                let first = is_first(run);
                if first && matches!(job, Job::Waits) {
                    await_future(pending::<u64>(), timeout: BACK) :> id;
                } else {
                    fails(first)?;
                    let id = run;
                }
                local_transform([nil_to_val(Vec::new()), update(|list| list.push(id))], $$done);
            }
        }
    }
}

#[tokio::test]
async fn time_limits_and_retries_are_not_put_off_when_the_clock_is_set_back() {
    let jobs = [(0, false, Job::Waits), (1, true, Job::Waits), (2, false, Job::Fails)];
    for (run, in_line, job) in jobs.into_iter().chain([(3, true, Job::Fails)]) {
        let (disk, clock) = (TestDisk::default(), Wall::new());
        let (_cluster, module) =
            launch(&disk, &clock, JobsModule, (Durability::Sync, CHECKPOINT)).await;
        let depot = if in_line { &module.depot.in_line } else { &module.depot.alone };
        depot.append_with((run, job), AckLevel::AppendAck).await.unwrap();
        let begun = || BEGUN.lock().unwrap().get(&run).copied();
        pass_until(&clock, Duration::ZERO, "it is begun", async || begun() == Some(1)).await;
        until_awaited(&clock, LIMIT).await;
        clock.set_back();
        let what = format!("{job:?} is done, in line: {in_line}");
        let done = async || {
            let done = &module.pstate.done;
            done.select_one(path![nil_to_val(Vec::new())]).await.unwrap() == [run]
        };
        pass_until(&clock, Duration::from_millis(100), &what, done).await;
    }
}
