//! Something that is no option.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(7)]
struct UserId(u64);

fn main() {}
