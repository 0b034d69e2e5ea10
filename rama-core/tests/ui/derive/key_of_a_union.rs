//! A union.

use rama_core::prelude::*;

#[derive(Key)]
union Number {
    small: u8,
    large: u64,
}

fn main() {}
