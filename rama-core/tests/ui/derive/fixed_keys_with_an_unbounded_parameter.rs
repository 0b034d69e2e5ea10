//! A parameter that might be anything.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Page<V> {
    posts: Map<u64, V>,
}

fn main() {}
