//! Swing sessions: a set inside a map.
//!
//! `NIL_TO_SET` puts an empty set where a user has none yet, `NONE_ELEM` is the place of an element that is
//! not there yet, and `termval` fills it. Reading, `set_elem` leads to an element only if it is in the set.

use rama_core::prelude::*;

/// Somebody took part in a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JoinSession {
    /// Who.
    pub user_id: i64,
    /// Which session.
    pub session_id: i64,
}

defmodule! {
    /// The sessions of each user.
    pub SwingModule {
        depot *joins: JoinSession, hash_by(user_id);

        stream sessions {
            pstate $$sessions: Map<i64, Subindexed<Set<i64>>>;

            sources! {
                source(*joins) :> JoinSession { user_id, session_id };
                local_transform(
                    [keypath(user_id), NIL_TO_SET, NONE_ELEM, termval(session_id)],
                    $$sessions
                );
            }
        }
    }
}

impl SwingModuleClient {
    /// Whether a user took part in a session.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn took_part(&self, user_id: i64, session_id: i64) -> Result<bool> {
        let sessions = &self.pstate.sessions;
        let found = sessions.select_one(path![keypath(user_id), set_elem(session_id)]).await?;
        Ok(found.is_some())
    }
}
