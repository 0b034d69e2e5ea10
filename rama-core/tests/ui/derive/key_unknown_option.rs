//! A misspelt option.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
#[key(krate = rama_core)]
struct UserId(u64);

fn main() {}
