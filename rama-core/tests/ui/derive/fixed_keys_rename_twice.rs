//! Two stored names for one key.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    #[fixed_keys(rename = "name")]
    #[fixed_keys(rename = "title")]
    nick: String,
}

fn main() {}
