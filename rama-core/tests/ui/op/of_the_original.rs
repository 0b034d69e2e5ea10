use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                explode_map(std::collections::BTreeMap::from([(id, 1)])) :> (key, value);
                ack_return(key + value);
            }
        }
    }
}

fn main() {}
