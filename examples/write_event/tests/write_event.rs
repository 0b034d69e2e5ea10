//! An appended record is in the depot, in the partition of its user.

use rama_core::{error::AppendError, prelude::*};
use rama_test::{InProcessCluster, LaunchConfig};
use write_event::{AddUser, UsersModule};

fn user(user_id: i64, username: &str) -> AddUser {
    AddUser { user_id, username: username.to_owned() }
}

#[tokio::test]
async fn an_event_is_written_to_the_partition_of_its_user() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    let depot = &users.depot.users;

    let (task, first) = depot.append(user(1, "ada")).await?.place().expect("acked");
    let (same, second) = depot.append(user(1, "ada lovelace")).await?.place().expect("acked");

    assert_eq!((task, second), (same, first.next()), "all records of a user are in one partition");
    let records = depot.read_all(task, 0..2).await?;
    assert_eq!(records, [user(1, "ada"), user(1, "ada lovelace")]);
    Ok(())
}

#[tokio::test]
async fn users_are_spread_over_all_partitions() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    let many = (0..100).map(|user_id| user(user_id, "somebody"));
    users.depot.users.append_all(many, AckLevel::AppendAck).await?;
    let mut total = 0;
    for task in 0..4 {
        let end = users.depot.users.partition_info(TaskId(task))?.end.0;
        assert!(end > 0, "task {task} got none of 100 users");
        total += end;
    }
    assert_eq!(total, 100);
    Ok(())
}

#[tokio::test]
async fn events_are_still_there_after_a_restart() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    let placed = users.depot.users.append(user(7, "grace")).await?.place();
    let (task, offset) = placed.expect("acked");
    ipc.update(UsersModule).await?;
    let range = offset.0..offset.0 + 1;
    assert_eq!(users.depot.users.read_all(task, range).await?, [user(7, "grace")]);
    ipc.shutdown().await?;
    let refused = users.depot.users.append(user(8, "late")).await;
    assert!(matches!(refused, Err(AppendError::Stopped { module: "UsersModule" })), "{refused:?}");
    Ok(())
}
