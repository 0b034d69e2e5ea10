//! Dataflow outside modules: `dataflow!` runs a block right here, as plain Rust (DF-L10).
//!
//! `f(args) :> pattern;` reads "for each emit of f": a function emits once, `explode` once for each element,
//! and everything after it runs once per emit.

use rama_core::prelude::*;

/// A user to explode.
#[derive(Clone, Debug)]
pub struct User {
    /// The user's number.
    pub user_id: i64,
    /// What the user is called.
    pub username: String,
}

fn inc(number: i64) -> i64 {
    number + 1
}

/// One more than five, as an emit.
#[must_use]
pub fn six() -> Vec<i64> {
    let mut emitted = Vec::new();
    dataflow! {
        inc(5) :> six;
        emitted.push(six);
    }
    emitted
}

/// One line for each user whose name is not empty.
#[must_use]
pub fn lines(users: Vec<User>) -> Vec<String> {
    let mut lines = Vec::new();
    dataflow! {
        explode(users) :> User { user_id, username };
        filter(!username.is_empty());
        lines.push(format!("user {user_id} is {username}"));
    }
    lines
}
