use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        fn limit() -> { 3 }
        stream users {}
    }
}

fn main() {}
