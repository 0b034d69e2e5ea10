//! Reading events: a stream topology runs for each record, on the record's partition.
//!
//! `source(*users) :> pattern` binds each record to a Rust pattern; what follows is ordinary Rust. An
//! append with the default acknowledgement returns when the topology has run (DP-20).

use rama_core::prelude::*;

/// Somebody signed up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddUser {
    /// The user's number.
    pub user_id: i64,
    /// What the user is called.
    pub username: String,
}

/// The line that is printed for a user.
#[must_use]
pub fn greeting(user_id: i64, username: &str) -> String {
    format!("user {user_id} is {username}")
}

#[expect(clippy::print_stdout, reason = "printing is what this example is about")]
fn print(line: &str) {
    println!("{line}");
}

defmodule! {
    /// Prints every user.
    pub PrintModule {
        depot *users: AddUser, hash_by(user_id);

        stream printer {
            sources! {
                source(*users) :> AddUser { user_id, username };
                let line = greeting(user_id, &username);
                print(&line);
                ack_return(line);
            }
        }
    }
}
