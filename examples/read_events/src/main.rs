//! Appends three users; the module prints them.

use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};
use read_events::{AddUser, PrintModule};

#[tokio::main]
async fn main() -> Result<()> {
    let cluster = Cluster::in_memory();
    let module = cluster.launch(PrintModule, LaunchConfig::new()).await?;
    for (user_id, username) in [(1, "ada"), (2, "grace"), (3, "barbara")] {
        let username = username.to_owned();
        module.depot.users.append(AddUser { user_id, username }).await?;
    }
    cluster.shutdown().await
}
