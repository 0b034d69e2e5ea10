use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                await_future(async { std::fs::read_to_string("names") }) :> text;
                local_transform([keypath(id), termval(text?)], $$names);
            }
        }
    }
}

fn main() {}
