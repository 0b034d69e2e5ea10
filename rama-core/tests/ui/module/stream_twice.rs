use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {}
        stream users {}
    }
}

fn main() {}
