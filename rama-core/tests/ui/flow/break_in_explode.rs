use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                explode(0..id) :> number;
                if number > 3 {
                    break;
                }
                println!("{number}");
            }
        }
    }
}

fn main() {}
