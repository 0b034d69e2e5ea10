use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*users) :> id;
                local_select([keypath(id), NONE], $$names) :> name;
                ack_return(name);
            }
        }
    }
}

fn main() {}
