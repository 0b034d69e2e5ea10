//! The deployable binary: it starts on a data directory, tells so, and stops gracefully when asked to
//! (RELIABILITY B19, C6, C7).
#![cfg(unix)]

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use rama_core::prelude::*;
use rama_test::{InProcessCluster, LaunchConfig};
use usernames::{AddUser, UsersModule};

fn node(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_usernames"));
    command.arg("--data").arg(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let stdout = child.stdout.as_mut().expect("it is piped");
    BufReader::new(stdout).read_line(&mut line).expect("the program prints");
    line
}

#[tokio::test]
async fn it_runs_on_its_data_until_it_is_asked_to_stop() -> Result<()> {
    let directory = tempfile::tempdir().unwrap();
    let ipc = InProcessCluster::create_on_disk(directory.path()).await?;
    let users = ipc.launch(UsersModule, LaunchConfig::new()).await?;
    users.depot.users.append(AddUser { user_id: 1, username: "ada".to_owned() }).await?;
    ipc.shutdown().await?;

    let mut running = node(directory.path()).spawn().unwrap();
    let line = first_line(&mut running);
    assert!(line.starts_with("module UsersModule runs, its data is in "), "{line}");
    let second = node(directory.path()).output().unwrap();
    let message = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(!second.status.success() && message.contains("in use"), "{message}");

    let id = running.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(running.wait().unwrap().success(), "a graceful stop is a success");

    let users = ipc.launch(UsersModule, LaunchConfig::new()).await?;
    let name = users.pstate.usernames.select_one(path![keypath(1)]).await?;
    assert_eq!(name, Some("ada".to_owned()));
    Ok(())
}

#[test]
fn a_data_directory_that_is_none_is_refused_with_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a-file");
    std::fs::write(&file, "not a directory").unwrap();
    let refused = node(&file).output().unwrap();
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && message.contains("a-file"), "{message}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a directory");
}

#[test]
fn wrong_options_are_refused_and_help_is_given() {
    let wrong = Command::new(env!("CARGO_BIN_EXE_usernames")).arg("--dta").output().unwrap();
    assert!(!wrong.status.success() && !wrong.stderr.is_empty());
    let help = Command::new(env!("CARGO_BIN_EXE_usernames")).arg("--help").output().unwrap();
    assert!(String::from_utf8_lossy(&help.stdout).contains("--data DIR"));
}
