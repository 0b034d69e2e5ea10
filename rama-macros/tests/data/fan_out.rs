use rama_core::prelude::*;

defmodule! {
    pub FanOutModule {
        depot *posts: Post, random;
        depot *cleanups: i64, global;

        stream timelines {
            pstate $$followers: Map<i64, Set<i64>>;
            pstate $$timelines: Map<i64, Map<u64, String>>;

            sources! {
                source(*posts) :> Post { author, at, text };
                |hash(author);
                local_select([keypath(author), NIL_TO_SET, ALL], $$followers) :> follower;
                |hash(follower);
                local_transform([keypath(follower, at), termval(text)], $$timelines);

                source(*cleanups) :> oldest;
                |all();
                local_select([must(oldest)], $$timelines) :> timeline;
                explode(timeline) :> (at, _);
                filter(at < 100);
                shard(at) :> shard;
                |direct(shard);
                local_transform([must(oldest, at), NONE], $$timelines);
            }
        }
    }
}
