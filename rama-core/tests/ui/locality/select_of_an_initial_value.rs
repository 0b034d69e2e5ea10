use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$count: u64 { initial: 0 }
            sources! {
                source(*follows) :> (follower, followee);
                select([keypath(followee)], $$count) :> found;
                println!("{follower} {found:?}");
            }
        }
    }
}

fn main() {}
