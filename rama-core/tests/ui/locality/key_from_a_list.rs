use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *lists: (i64, Vec<i64>), hash_by(|list| list.0);
        stream follows {
            pstate $$follows: Map<i64, i64>;
            sources! {
                source(*lists) :> (follower, followees);
                explode(followees) :> followee;
                local_transform([keypath(followee), termval(follower)], $$follows);
            }
        }
    }
}

fn main() {}
