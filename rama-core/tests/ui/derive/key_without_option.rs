//! An attribute that says nothing.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key]
struct UserId(u64);

fn main() {}
