//! A struct without fields.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {}

fn main() {}
