use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let lock = std::sync::Mutex::new(id);
                let guard = std::rc::Rc::new(id);
                yield_if_overtime();
                println!("{guard} {lock:?}");
            }
        }
    }
}

fn main() {}
