//! An attribute that says nothing.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys]
    name: String,
}

fn main() {}
