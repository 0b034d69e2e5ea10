use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                local_select([must(id)], $$names) :> name;
                let found = Some(name);
                local_select([keypath(id)], $$names) :> Some(other);
                ack_return(format!("{found:?} {other}"));
            }
        }
    }
}

fn main() {}
