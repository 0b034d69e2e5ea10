use rama_core::prelude::*;

defmodule! {
    pub FollowModule {
        depot *triples: (i64, i64, i64), random;
        stream follows {
            pstate $$triples: Map<i64, (i64, i64)>;
            sources! {
                source(*triples) :> (a, b, c);
                |hash(a);
                assume_home(b);
                local_transform([keypath(c), termval((a, b))], $$triples);
            }
        }
    }
}

fn main() {}
