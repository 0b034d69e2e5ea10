//! A key with a lifetime.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct Name<'a> {
    text: &'a str,
}

fn main() {}
