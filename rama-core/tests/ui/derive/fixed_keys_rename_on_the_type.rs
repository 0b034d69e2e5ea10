//! The option of a field on the type.

use rama_core::prelude::*;

#[derive(FixedKeys)]
#[fixed_keys(rename = "User")]
struct Account {
    name: String,
}

fn main() {}
