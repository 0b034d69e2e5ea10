//! A variant with a floating point number, for which rustc has its own messages, too.

use rama_core::prelude::*;

#[derive(Clone, Debug, PartialEq, PartialOrd, Key)]
enum Size {
    Unknown,
    Metres(f64),
}

impl Eq for Size {}

impl Ord for Size {
    fn cmp(&self, _: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

fn main() {}
