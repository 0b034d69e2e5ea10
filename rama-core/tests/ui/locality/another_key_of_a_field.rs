use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Follow {
    pub follower: i64,
    pub followee: i64,
}

defmodule! {
    pub FollowModule {
        depot *follows: Follow, hash_by(follower);
        stream follows {
            pstate $$follows: Map<i64, i64>;
            sources! {
                source(*follows) :> Follow { follower, followee };
                local_select([must(followee)], $$follows) :> found;
                println!("{follower} {found}");
            }
        }
    }
}

fn main() {}
