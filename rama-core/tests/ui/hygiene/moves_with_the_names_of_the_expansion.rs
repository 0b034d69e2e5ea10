#![deny(missing_docs, warnings)]
//! Selects that move, and every partitioner, beside variables with the names that the expansion uses.

use rama_core::prelude::*;

defmodule! {
    /// Goes everywhere.
    pub MovesModule {
        depot *words: (String, u64), random;

        stream words {
            pstate $$counts: Map<String, u64>;
            pstate $$lists: Map<u64, Vec<u64>> { key_partitioner: |key, tasks| (*key % u64::from(tasks)) as u32 };
            pstate $$total: u64 { global, initial: 0 };

            sources! {
                source(*words) :> (key, mut route);
                let key_of = |key: &String| key.len();
                let hash_in = key_of(&key);
                assume_home(&key);
                select([keypath(key.to_uppercase()), nil_to_val(0)], $$counts) :> cx;
                select([keypath(&key), nil_to_val(0)], $$counts) :> pstate_counts;
                select([must(route), ALL], $$lists) :> name;
                route += name;
                |hash($$counts, &key);
                |hash($$lists, 7);
                |path([keypath(route + 1)], $$lists);
                |custom($$lists, |tasks| tasks - 1);
                |custom(move |tasks| route % u64::from(tasks));
                |origin();
                |global($$total);
                select([STAY], $$total) :> total;
                println!("{key} {route} {hash_in} {cx} {pstate_counts} {total}");
            }
        }
    }
}

fn main() {
    let _ = MovesModule;
}
