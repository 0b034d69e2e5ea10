//! Two keys with one stored name.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    name: String,
    #[fixed_keys(rename = "name")]
    nick: String,
}

fn main() {}
