//! A path in quotes.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(crate = "rama_core")]
struct UserId(u64);

fn main() {}
