//! Usernames by id: a topology keeps a PState, a client reads it.
//!
//! A PState is a durable, partitioned index of any shape. The depot is partitioned by `user_id`, so a record
//! is processed where the row of its user is at home, and `local_transform` writes it there.

use rama_core::prelude::*;

/// Somebody signed up, or has a new name.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddUser {
    /// The user's number.
    pub user_id: i64,
    /// What the user is called now.
    pub username: String,
}

defmodule! {
    /// Usernames by user id.
    pub UsersModule {
        depot *users: AddUser, hash_by(user_id);

        stream users {
            pstate $$usernames: Map<i64, String>;

            sources! {
                source(*users) :> AddUser { user_id, username };
                local_transform([keypath(user_id), termval(username)], $$usernames);
            }
        }
    }
}
