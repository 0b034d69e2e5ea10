//! A key that cannot be compared.

use rama_core::prelude::*;

#[derive(Clone, Debug, Key)]
struct UserId(u64);

fn main() {}
