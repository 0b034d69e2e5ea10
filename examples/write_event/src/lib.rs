//! Writing an event: a depot and nothing else.
//!
//! A depot is a durable, partitioned log. `hash_by(user_id)` sends all records of a user to the same
//! partition, where they keep their order. A module without topologies is a plain log service (DP-11).

use rama_core::prelude::*;

/// Somebody signed up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AddUser {
    /// The user's number.
    pub user_id: i64,
    /// What the user is called.
    pub username: String,
}

defmodule! {
    /// Takes users in.
    pub UsersModule {
        depot *users: AddUser, hash_by(user_id);
    }
}
