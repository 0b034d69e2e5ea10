//! Options of depots.

use expect_test::expect;

use super::{check_errors, check_plan};

#[test]
fn options_stand_behind_the_partitioner() {
    check_plan(
        "pub M {
            depot *a: A, hash_by(id) { keys: 100, key_age: Duration::from_secs(60) };
            depot *b: B, random { coordinate: keeps(3), max_entries: 1_000, excess: 0.5, }
            depot *c: C, disallow {}
            depot *d: D, global;
        }",
        &expect![[r#"
            module M
            depot *a: A, hash_by(id) { keys: 100, key_age: Duration::from_secs(60) }
            depot *b: B, random { coordinate: keeps(3), max_entries: 1_000, excess: 0.5 }
            depot *c: C, disallow
            depot *d: D, global
        "#]],
    );
}

#[test]
fn each_mistake_in_options_is_reported() {
    check_errors(
        "pub M {
            depot *a: A, random { kyes: 3, keys, 7, excess: 0.5 };
            depot *b: B, random { max_entries: 3, coordinate: true, max_entries: 4, keys: };
            depot *c: C, { keys: 3 };
            depot *d: D, random { keys: 3 } keys;
        }",
        &expect![[r#"
            2:50 this is not an option of a depot
            help: write `name` or `name: value`, with commas between them
            3:85 `keys:` without a value
            help: write `keys: value`
            4:20 a depot needs a partitioner
            help: write `depot *name: Event, hash_by(field);`
            5:45 unknown declaration `keys`
            help: write `depot`, `stream` or an ordinary Rust item
            2:35 unknown option `kyes` of a depot
            help: did you mean `keys`?
            2:44 `keys` needs a value
            help: write `keys: 10_000`: how many keys of appends a partition remembers
            2:53 `excess` says nothing without `max_entries`
            help: add `max_entries: 1_000`, which keeps so many records, or leave `excess` out
            3:69 `max_entries` is given twice
            help: leave one of them out
        "#]],
    );
}
