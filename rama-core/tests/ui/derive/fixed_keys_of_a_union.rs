//! A union.

use rama_core::prelude::*;

#[derive(FixedKeys)]
union Account {
    id: u64,
    number: i64,
}

fn main() {}
