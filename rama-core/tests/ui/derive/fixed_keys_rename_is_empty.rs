//! A stored name without letters.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(rename = "")]
    nick: String,
}

fn main() {}
