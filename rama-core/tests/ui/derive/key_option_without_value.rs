//! An option without its value.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(crate)]
struct UserId(u64);

fn main() {}
