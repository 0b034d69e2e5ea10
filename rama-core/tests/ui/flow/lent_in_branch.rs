use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let mut seen = Vec::new();
                if id > 3 {
                    explode(0..id) :> number;
                    Vec::push(&mut seen, number);
                } else {
                    let number = id;
                }
                println!("{number} {seen:?}");
            }
        }
    }
}

fn main() {}
