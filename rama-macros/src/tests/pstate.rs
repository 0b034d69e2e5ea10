//! Options of PStates.

use expect_test::expect;

use super::{check_errors, check_plan};

fn with_pstates(declarations: &str) -> String {
    format!("pub M {{ stream s {{ {declarations} }} }}")
}

#[test]
fn options_stand_in_any_order_with_or_without_a_last_comma_and_a_semicolon() {
    check_plan(
        &with_pstates(
            "pstate $$a: Map<i64, Vec<u8>> { private, global, };
             pstate $$b: (i64, u64) { initial: (1, 2), global }
             pstate $$c: Map<i64, u64> { key_partitioner: |key, tasks| home(key, tasks) }
             pstate $$d: Map<i64, u64> { partitioned_by: any };
             pstate $$e: u64 {}
             pstate $$f: u64;",
        ),
        &expect![[r#"
            module M
            stream s
              pstate $$a: Map<i64, Vec<u8>> { private, global }
              pstate $$b: (i64, u64) { initial: (1, 2), global }
              pstate $$c: Map<i64, u64> { key_partitioner: |key, tasks| home(key, tasks) }
              pstate $$d: Map<i64, u64> { partitioned_by: any }
              pstate $$e: u64
              pstate $$f: u64
        "#]],
    );
}

#[test]
fn each_mistake_in_options_is_reported_and_the_others_stay() {
    check_errors(
        &with_pstates(
            "pstate $$a: u64 { globl, initial, private: 3, 7, initial: };
             pstate $$b: Map<i64, u64> { global, partitioned_by: any, global };
             pstate $$c: Map<i64, u64> { partitioned_by: age private };",
        ),
        &expect![[r#"
            1:66 this is not an option of a pstate
            help: write `name` or `name: value`, with commas between them
            1:69 `initial:` without a value
            help: write `initial: value`
            3:62 missing `,` before `private`
            help: write commas between options
            1:38 unknown option `globl` of a pstate
            help: did you mean `global`?
            1:45 `initial` needs a value
            help: write `initial: value`: what a plain value is in the beginning
            1:54 `private` takes no value
            help: write `private`: clients cannot read it
            2:50 `partitioned_by` contradicts `global`
            help: a pstate is on task 0, or where a rule puts its keys, or partitioned by any: keep one of them
            2:71 `global` is given twice
            help: leave one of them out
        "#]],
    );
}
