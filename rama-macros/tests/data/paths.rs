use rama_core::prelude::*;

defmodule! {
    pub PathsModule {
        depot *visits: Visit, hash_by(id) { max_entries: 1_000, coordinate: keeps() }

        stream visits {
            pstate $$accounts: Map<i64, Account>;
            /// On task 0.
            pstate $$totals: Map<String, u64> { global, private };
            pstate $$last: String { initial: String::new(), partitioned_by: any }
            pstate $$by_tag: Map<String, u64> { key_partitioner: |tag, tasks| first(tag) % tasks };

            sources! {
                source(*visits) :> Visit { id, tag, least };
                local_select([must(id), .tags, selected(must(tag), |n| *n > least), MAP_VALS], $$accounts) :> found;
                local_select([keypath(id), if_path([PRESENT], [view(|_| 1)], [view(|_| 0)])], $$accounts) :> there;
                local_transform(
                    [must(id), .place.0, [putval(there), term(|there, old: i64| old + there)]],
                    $$accounts
                );
                local_transform(
                    [must(id), multi_path([.name, termval(tag)], [.tags, "db", NONE], [.tags, must(tag), NONE])],
                    $$accounts
                );
                local_select([must(id), .tags, sorted_map_range_from(tag, max_amt: found, inclusive: false)], $$accounts) :> page;
                local_clear($$last);
                show(page, tag) :> _;
            }
        }
    }
}

path![
    .children, recursive_path(100, again, stay_then_continue(.children, ALL, again)),
    cond_path([.n, -1], [collect(.n), STAY], [|tree| tree.n > 3], [take(1)]),
    transformed([.n, term(|n| n + 1)]), sorted_set_range_to('c'), is_collected(|a, mut b| { b += a; b > 3 })
];
