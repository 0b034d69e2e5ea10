//! Fields without names.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account(String, u8);

fn main() {}
