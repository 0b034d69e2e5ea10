//! Names are found by id, right after the append that brought them, and after restarts.

use rama_core::prelude::*;
use rama_test::{InProcessCluster, LaunchConfig};
use usernames::{AddUser, UsersModule};

fn user(user_id: i64, username: &str) -> AddUser {
    AddUser { user_id, username: username.to_owned() }
}

#[tokio::test]
async fn names_are_found_by_id() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    users.depot.users.append(user(1, "ada")).await?;
    let name = users.pstate.usernames.select_one(path![keypath(1)]).await?;
    assert_eq!(name, Some("ada".to_owned()));
    assert_eq!(users.pstate.usernames.select_one(path![keypath(2)]).await?, None);
    Ok(())
}

#[tokio::test]
async fn the_last_name_counts_and_survives_a_restart() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    users.depot.users.append(user(-5, "grace")).await?;
    users.depot.users.append(user(-5, "grace hopper")).await?;
    ipc.update(UsersModule).await?;
    let name = users.pstate.usernames.select_one(path![keypath(-5)]).await?;
    assert_eq!(name, Some("grace hopper".to_owned()));
    Ok(())
}
