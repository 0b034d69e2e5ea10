//! Each record runs the topology, and the client gets back what it returned.

use rama_core::prelude::*;
use rama_test::{InProcessCluster, LaunchConfig};
use read_events::{AddUser, PrintModule, greeting};

#[tokio::test]
async fn every_record_is_read_once_and_answered() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let module = ipc.launch(PrintModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    for user_id in 0..20 {
        let username = format!("user-{user_id}");
        let acked = module.depot.users.append(AddUser { user_id, username }).await?;
        let line: Option<String> = acked.get("printer").expect("it is a string");
        assert_eq!(line, Some(greeting(user_id, &format!("user-{user_id}"))));
    }
    Ok(())
}

#[test]
fn the_binary_prints_the_users() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_read_events")).output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "user 1 is ada\nuser 2 is grace\nuser 3 is barbara\n");
}
