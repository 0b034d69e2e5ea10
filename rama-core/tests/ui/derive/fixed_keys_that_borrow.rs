//! A schema with a lifetime.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account<'a> {
    name: &'a str,
}

fn main() {}
