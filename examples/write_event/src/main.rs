//! Appends a user and reads the record back from its partition.

use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};
use write_event::{AddUser, UsersModule};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<()> {
    let cluster = Cluster::in_memory();
    let users = cluster.launch(UsersModule, LaunchConfig::new().tasks(4).threads(2)).await?;

    let ada = AddUser { user_id: 1, username: "ada".to_owned() };
    let acked = users.depot.users.append(ada).await?;
    if let Some((task, offset)) = acked.place() {
        println!(
            "task {task}, offset {offset}: {:?}",
            users.depot.users.read_all(task, 0..1).await?
        );
    }
    cluster.shutdown().await
}
