//! What meets behind branches stays on its task: it need not be able to travel.

use rama_core::prelude::*;

defmodule! {
    UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$sizes: Map<i64, u64>;
            sources! {
                source(*users) :> id;
                if id > 0 {
                    |hash(id);
                    let shared = std::rc::Rc::new(1_u64);
                } else {
                    let shared = std::rc::Rc::new(2_u64);
                }
                local_transform([keypath(id), termval(*shared)], $$sizes);
            }
        }
    }
}

fn main() {
    let _ = UsersModule;
}
