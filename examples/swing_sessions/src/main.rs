//! Two users join sessions; asks who took part in which.

use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};
use swing_sessions::{JoinSession, SwingModule};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "an example shows what it does")]
async fn main() -> Result<()> {
    let cluster = Cluster::in_memory();
    let swing = cluster.launch(SwingModule, LaunchConfig::new()).await?;
    for (user_id, session_id) in [(1, 10), (1, 11), (2, 10)] {
        swing.depot.joins.append(JoinSession { user_id, session_id }).await?;
    }
    for (user_id, session_id) in [(1, 11), (2, 11)] {
        let took_part = swing.took_part(user_id, session_id).await?;
        println!("user {user_id} in session {session_id}: {took_part}");
    }
    cluster.shutdown().await
}
