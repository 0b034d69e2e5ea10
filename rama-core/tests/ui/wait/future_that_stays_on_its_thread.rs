use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        depot *others: String, random;
        stream users {
            pstate $$names: Map<i64, String>;

            sources! {
                source(*users) :> id;
                await_future(async move {
                    let shared = std::rc::Rc::new(id);
                    tokio::task::yield_now().await;
                    *shared
                }) :> same;
                ack_return(same);
            }
        }
    }
}

fn main() {}
