use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let name = "outer".to_owned();
                if id > 3 {
                    |hash(id);
                    let name = 3;
                    println!("{name}");
                }
                ack_return(name);
            }
        }
    }
}

fn main() {}
