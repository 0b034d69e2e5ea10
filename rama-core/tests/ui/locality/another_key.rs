use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$follows: Map<i64, i64>;
            sources! {
                source(*follows) :> (follower, followee);
                local_transform([keypath(followee), termval(follower)], $$follows);
            }
        }
    }
}

fn main() {}
