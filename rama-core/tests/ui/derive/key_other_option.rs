//! An option of another derive.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(tag = "kind")]
struct UserId(u64);

fn main() {}
