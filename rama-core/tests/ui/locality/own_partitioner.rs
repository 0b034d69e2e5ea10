use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$owned: Map<i64, i64> { key_partitioner: |key, tasks| (*key % i64::from(tasks)) as u32 };
            sources! {
                source(*follows) :> (follower, followee);
                local_transform([keypath(follower), termval(followee)], $$owned);
            }
        }
    }
}

fn main() {}
