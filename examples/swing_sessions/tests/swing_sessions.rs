//! An element is added to the set of its user once, and found only there.

use rama_core::prelude::*;
use rama_test::{InProcessCluster, LaunchConfig};
use swing_sessions::{JoinSession, SwingModule};

#[tokio::test]
async fn a_set_contains_what_was_added_and_nothing_else() -> Result<()> {
    let ipc = InProcessCluster::create().await?;
    let swing = ipc.launch(SwingModule, LaunchConfig::new().tasks(4).threads(2)).await?;
    for (user_id, session_id) in [(1, 10), (1, 11), (1, 10), (2, 20)] {
        swing.depot.joins.append(JoinSession { user_id, session_id }).await?;
    }
    assert!(swing.took_part(1, 10).await?);
    assert!(swing.took_part(1, 11).await?);
    assert!(!swing.took_part(1, 20).await?, "that is another user's session");
    assert!(!swing.took_part(3, 10).await?, "nobody ever heard of user 3");
    let mut sessions = swing.pstate.sessions.select(path![keypath(1), ALL]).await?;
    sessions.sort_unstable();
    assert_eq!(sessions, [10, 11], "the same session twice is one element");
    Ok(())
}
