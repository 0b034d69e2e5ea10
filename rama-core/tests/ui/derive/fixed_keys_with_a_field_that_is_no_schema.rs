//! A field that cannot be stored.

use rama_core::prelude::*;

#[derive(FixedKeys)]
struct Account {
    name: String,
    posts: Map<u64, std::rc::Rc<String>>,
}

fn main() {}
