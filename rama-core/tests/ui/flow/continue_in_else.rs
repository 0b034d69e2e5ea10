use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                explode(0..id) :> number;
                let Some(next) = number.checked_add(1) else { continue };
                println!("{next}");
            }
        }
    }
}

fn main() {}
