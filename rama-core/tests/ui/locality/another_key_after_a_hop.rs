use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$follows: Map<i64, i64>;
            sources! {
                source(*follows) :> (follower, followee);
                |hash(followee);
                local_transform([keypath(follower.clone()), termval(followee)], $$follows);
            }
        }
    }
}

fn main() {}
