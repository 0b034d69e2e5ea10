use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$count: u64 { global, initial: 0 }
            sources! {
                source(*follows) :> (follower, followee);
                local_transform([term(|count| count + 1)], $$count);
                println!("{follower} {followee}");
            }
        }
    }
}

fn main() {}
