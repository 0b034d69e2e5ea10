use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        op note(number: i64) {
            local_transform([keypath(number), NONE], $$others);
        }

        stream others {
            pstate $$others: Map<i64, String>;
        }
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                note(id);
            }
        }
    }
}

fn main() {}
