use rama_core::prelude::*;

defmodule! {
    pub UsersModule;
}

fn main() {}
