use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                loop (name = String::new()) {
                    emit(name.clone());
                    continue_with(id);
                } :> name;
                ack_return(name);
            }
        }
    }
}

fn main() {}
