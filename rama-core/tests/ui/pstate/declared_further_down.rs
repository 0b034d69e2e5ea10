use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream greeter {
            sources! {
                source(*users) :> id;
                local_select([keypath(id)], $$names) :> name;
                ack_return(name);
            }
        }
        stream users {
            pstate $$names: Map<i64, String>;
        }
    }
}

fn main() {}
