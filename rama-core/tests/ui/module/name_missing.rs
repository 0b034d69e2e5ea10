use rama_core::prelude::*;

defmodule! {
    pub { depot *users: i64, random; }
}

fn main() {}
