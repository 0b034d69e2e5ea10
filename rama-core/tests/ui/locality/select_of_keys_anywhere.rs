use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$follows: Map<i64, i64> { partitioned_by: any }
            sources! {
                source(*follows) :> (follower, followee);
                select([keypath(followee)], $$follows) :> found;
                println!("{follower} {found:?}");
            }
        }
    }
}

fn main() {}
