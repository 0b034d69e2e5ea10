use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let mut tag = 0;
                if id > 3 {
                    explode(0..id) :> number;
                    tag += 1;
                } else {
                    let number = id;
                }
                println!("{number} {tag}");
            }
        }
    }
}

fn main() {}
