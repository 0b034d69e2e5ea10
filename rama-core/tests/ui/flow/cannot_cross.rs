use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                let shared = std::rc::Rc::new(1usize);
                |hash(id);
                println!("{shared}");
            }
        }
    }
}

fn main() {}
