use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        pstate $$names: Map<i64, String>;
    }
}

fn main() {}
