use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$owned: Map<i64, i64> { key_partitioner: |key, tasks| (*key % i64::from(tasks)) as u32 };
            pstate $$follows: Map<i64, i64>;
            sources! {
                source(*follows) :> (follower, followee);
                select([keypath(followee)], $$owned) :> found;
                local_transform([keypath(followee), termval(follower)], $$follows);
                println!("{found:?}");
            }
        }
    }
}

fn main() {}
