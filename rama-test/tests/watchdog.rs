//! An event that does not end is told, with its record, and ends the process if it is to (RELIABILITY B11). The endless
//! loop is one that the test can end.

use std::{
    os::unix::process::ExitStatusExt,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock, Timestamp},
    cluster::{Cluster, Status, StuckEvent},
    id::Offset,
    prelude::*,
};
use rama_test::LaunchConfig;

/// Whether the loop goes on.
static TURNS: AtomicBool = AtomicBool::new(false);

defmodule! {
    LoopModule {
        depot *numbers: u64, hash_by(|number| *number);

        stream loops {
            pstate $$seen: Map<u64, u64>;

            sources! {
                source(*numbers) :> number;
                while number == 13 && TURNS.load(Ordering::Acquire) {
                    std::hint::spin_loop();
                }
                local_transform([keypath(number), termval(number)], $$seen);
            }
        }
    }
}

/// Looks again and again until the module is as it should be: the watchdog has a thread of its own.
async fn wait_for(cluster: &Cluster, is_as_wanted: impl Fn(&Status) -> bool) -> Status {
    loop {
        let status = cluster.status("LoopModule").await.expect("it was launched");
        if is_as_wanted(&status) {
            return status;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_does_not_end_is_told_with_its_record() {
    let clock = Arc::new(ManualClock::new(Timestamp(1_000_000)));
    let cluster = Cluster::in_memory().with_clock(Arc::<ManualClock>::clone(&clock));
    let config = LaunchConfig::new().tasks(1).threads(1).stuck_after(Duration::from_secs(8));
    let module = cluster.launch(LoopModule, config).await.unwrap();
    module.depot.numbers.append(1).await.unwrap();
    assert_eq!(cluster.status("LoopModule").await, Some(Status::Running));
    assert_eq!(cluster.status("OtherModule").await, None);
    TURNS.store(true, Ordering::Release);
    let numbers = module.depot.numbers.clone();
    let appended = tokio::spawn(async move { numbers.append(13).await });
    let advancing = Arc::clone(&clock);
    let stuck = wait_for(&cluster, |status| {
        advancing.advance(Duration::from_millis(1));
        matches!(status, Status::Stuck(_))
    });
    let Status::Stuck(events) = stuck.await else { unreachable!("it was waited for") };
    let [event] = events.as_slice() else { panic!("{events:?}") };
    let StuckEvent { since, .. } = *event;
    let expected = StuckEvent {
        task: TaskId(0),
        topology: "loops",
        depot: "numbers",
        partition: TaskId(0),
        offset: Offset(1),
        since,
    };
    assert_eq!(*event, expected);
    assert!(clock.now().since(since) >= Duration::from_secs(8), "not before its time");
    let seen = module.pstate.seen.select_one(path![keypath(1)]).await.unwrap();
    assert_eq!(seen, Some(1), "reads do not wait for it");
    TURNS.store(false, Ordering::Release);
    appended.await.unwrap().unwrap();
    let advancing = Arc::clone(&clock);
    wait_for(&cluster, |status| {
        advancing.advance(Duration::from_millis(1));
        *status == Status::Running
    })
    .await;
    cluster.shutdown().await.unwrap();
    assert_eq!(cluster.status("LoopModule").await, Some(Status::Stopped));
}

/// Tells the process of the test that it is the one that is to end.
const CHILD: &str = "RAMA_TEST_WATCHDOG_CHILD";

#[tokio::test]
async fn a_process_ends_when_an_event_does_not_and_it_was_told_to() {
    if std::env::var_os(CHILD).is_some() {
        TURNS.store(true, Ordering::Release);
        let cluster = Cluster::in_memory();
        let config = LaunchConfig::new().tasks(1).abort_stuck_after(Duration::from_millis(100));
        let module = cluster.launch(LoopModule, config).await.unwrap();
        module.depot.numbers.append(13).await.unwrap();
        unreachable!("the process has ended");
    }
    let test = "a_process_ends_when_an_event_does_not_and_it_was_told_to";
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "")
        .output()
        .unwrap();
    assert_eq!(child.status.signal(), Some(6), "aborted: {child:?}");
    let said = String::from_utf8_lossy(&child.stderr);
    let expected = "module LoopModule: topology `loops` has kept task 0 busy with record 0 of partition 0 of depot \
                    `*numbers` for ";
    assert!(said.contains(expected), "{said}");
}
