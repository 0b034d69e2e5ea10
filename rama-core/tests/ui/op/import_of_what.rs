use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        use op 3;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                double(id) :> twice;
                ack_return(twice);
            }
        }
    }
}

fn main() {}
