//! The option of the type on a field.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(crate = rama_core)]
    name: String,
}

fn main() {}
