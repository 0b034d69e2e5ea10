use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        stream users {
            pstate $$names;
        }
    }
}

fn main() {}
