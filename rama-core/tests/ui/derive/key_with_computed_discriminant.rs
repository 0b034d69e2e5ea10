//! A discriminant that only rustc can know.

use rama_core::prelude::*;

const FIRST: isize = 3;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
enum Level {
    Low = FIRST + 1,
    High = 7,
}

fn main() {}
