//! Discriminants by which `Ord` sorts otherwise than the places of the variants.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
enum Level {
    High = 2,
    Low = -1,
}

fn main() {}
