//! An enum.

use rama_core::prelude::*;

#[derive(FixedKeys)]
enum Account {
    Open { name: String },
    Closed,
}

fn main() {}
