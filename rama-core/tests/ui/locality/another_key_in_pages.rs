use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *follows: (i64, i64), hash_by(|follow| follow.0);
        stream follows {
            pstate $$all: Map<i64, Subindexed<Set<i64>>>;
            sources! {
                source(*follows) :> (follower, followee);
                yielding_select([keypath(followee), ALL], $$all) :> found;
                println!("{follower} {found:?}");
            }
        }
    }
}

fn main() {}
