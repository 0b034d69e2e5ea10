//! The option of the type on a field.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct UserId(#[key(crate = rama_core)] u64);

fn main() {}
