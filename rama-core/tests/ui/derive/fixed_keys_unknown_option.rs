//! A misspelt option.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(renamed = "nick")]
    name: String,
}

fn main() {}
