//! A stored name without quotes.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(rename = name)]
    nick: String,
}

fn main() {}
