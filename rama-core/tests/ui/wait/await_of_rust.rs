use rama_core::prelude::*;

async fn fetch(id: i64) -> i64 {
    id
}

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                let three = fetch(id).await;
                ack_return(three);
            }
        }
    }
}

fn main() {}
