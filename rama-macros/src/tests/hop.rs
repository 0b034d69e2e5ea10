//! Partitioners and selects that move: their forms, and what of them travels.

use expect_test::{Expect, expect};

use super::{errors_of, plan_of, with_statements};

fn module(statements: &str) -> String {
    with_statements(
        "depot *events: Event, random;",
        "pstate $$names: Map<String, String>;
         pstate $$own: Map<i64, u64> { key_partitioner: by_digit };
         pstate $$total: Map<i64, u64> { global };
         pstate $$anywhere: Map<i64, u64> { partitioned_by: any };
         pstate $$value: u64 { initial: 3 };",
        &format!("source(*events) :> Event {{ id, name, task }}; {statements}"),
    )
}

/// Compares the segments of a plan.
#[track_caller]
fn check(statements: &str, expected: &Expect) {
    let plan = plan_of(&module(statements));
    let (_, segments) = plan.split_once("  segment ").expect("there is a source");
    let lines = segments.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
    expected.assert_eq(&format!("segment {}", lines.collect::<Vec<_>>().join("\n")));
}

#[track_caller]
fn check_mistakes(statements: &str, expected: &Expect) {
    expected.assert_eq(&errors_of(&module(statements)));
}

#[test]
fn every_partitioner_has_its_form_and_most_have_one_by_pstate() {
    let forms = [
        "|hash(id);",
        "|hash($$own, id);",
        "|hash([id, id]);",
        "|all();",
        "|all($$own);",
        "|global();",
        "|global($$total);",
        "|shuffle();",
        "|origin();",
        "|direct(*task);",
        "|direct($$own, task);",
        "|custom(|tasks| (tasks - 1).min(id, 3));",
        "|custom($$own, choose);",
        "|path([keypath(id, name), ALL], $$own);",
        "|path([\"ada\"], $$names);",
        "|path([ALL], $$total);",
    ];
    let mut hops = String::new();
    for form in forms {
        let plan = plan_of(&module(form));
        let hop = plan.lines().find(|line| line.contains("hop ")).expect("it hops");
        hops += &format!("{}\n", hop.trim());
    }
    let expected = expect![[r#"
        hop |hash(id) -> after_hash ()
        hop |hash($$own, id) -> after_hash ()
        hop |hash([id, id]) -> after_hash ()
        hop |all() -> after_all ()
        hop |all() -> after_all ()
        hop |global() -> after_global ()
        hop |global($$total) -> after_global ()
        hop |shuffle() -> after_shuffle ()
        hop |origin() -> after_origin ()
        hop |direct(*task) -> after_direct ()
        hop |direct(task) -> after_direct ()
        hop |custom(|tasks| (tasks - 1).min(id, 3)) -> after_custom ()
        hop |custom(choose) -> after_custom ()
        hop |path($$own, id) -> after_path ()
        hop |path($$names, "ada") -> after_path ()
        hop |path($$total) -> after_path ()
    "#]];
    expected.assert_eq(&hops);
}

#[test]
fn a_select_that_moves_takes_along_what_it_needs_there() {
    check(
        "select([keypath(name), nil_to_val(task)], $$names) :> found; f(found);",
        &expect![[r#"
            segment source(*events) :> Event { id, name, task }
              name = key of $$names name
              hop |select($$names, name) -> after_select (name, task)
            segment after_select (name, task)
              local_select([keypath(name), nil_to_val(task)], $$names) :> found (one)
              f(found)"#]],
    );
}

#[test]
fn a_key_that_is_no_variable_is_evaluated_once_and_travels() {
    check(
        "select([must(format!(\"{id}-{task}\"))], $$names) :> found; f(found, name);
         select([keypath((id, 3))], $$own) :> other; f(other);",
        &expect![[r#"
            segment source(*events) :> Event { id, name, task }
              key = key of $$names format!("{id}-{task}")
              hop |select($$names, key) -> after_select (id, name, key)
            segment after_select (id, name, key)
              local_select([must(key)], $$names) :> found (at most one)
                f(found, name)
                key = key of $$own (id, 3)
                hop |select($$own, key) -> after_select_2 (key)
            segment after_select_2 (key)
              local_select([keypath(key)], $$own) :> other (one)
              f(other)"#]],
    );
}

#[test]
fn a_select_of_a_literal_or_from_task_zero_has_no_key_to_take_along() {
    check(
        "select([\"ada\"], $$names) :> found; select([MAP_VALS], $$total) :> count; f(found, count);",
        &expect![[r#"
            segment source(*events) :> Event { id, name, task }
              hop |select($$names, "ada") -> after_select ()
            segment after_select ()
              local_select([keypath("ada")], $$names) :> found (one)
              hop |select($$total) -> after_select_2 (found)
            segment after_select_2 (found)
              local_select([MAP_VALS], $$total) :> count (many)
                f(found, count)"#]],
    );
}

#[test]
fn what_follows_a_select_of_many_is_nested_in_it() {
    check(
        "select([keypath(id), ALL], $$own) :> other; select([keypath(other)], $$own) :> last; f(last);",
        &expect![[r#"
            segment source(*events) :> Event { id, name, task }
              id = key of $$own id
              hop |select($$own, id) -> after_select (id)
            segment after_select (id)
              local_select([keypath(id), ALL], $$own) :> other (many)
                other = key of $$own other
                hop |select($$own, other) -> after_select_2 (other)
            segment after_select_2 (other)
              local_select([keypath(other)], $$own) :> last (one)
              f(last)"#]],
    );
}

#[test]
fn each_argument_that_is_wrong_is_reported_once() {
    check_mistakes(
        "|hash(id, $$own);
         |hash($$own);
         |all($$own, $$names);
         |shuffle($$own);
         |path($$own, [keypath(id)]);
         |path(id, $$own);
         |path([keypath(id)]);
         |path([keypth(id)], $$own);
         |custom();
         |hash($$nobody, id);",
        &expect![[r#"
            5:114 the pstate stands in front of the other arguments
            help: write `|hash($$pstate, key);`: to the home of a key
            6:11 `|hash` is called with the wrong number of arguments
            help: write `|hash($$pstate, key);`: to the home of a key
            7:24 `|all` takes one pstate
            help: write `|all($$pstate);`: to every task
            8:21 `|shuffle` is the same for all pstates
            help: write `|shuffle();`: to the tasks in turn
            9:18 the pstate stands behind the path
            help: write `|path([keypath(key)], $$pstate);`: to the home of the key that the path begins with
            10:16 expected a path in brackets
            help: write `|path([keypath(key)], $$pstate);`: to the home of the key that the path begins with
            11:11 `|path` is called with the wrong number of arguments
            help: write `|path([keypath(key)], $$pstate);`: to the home of the key that the path begins with
            12:17 unknown navigator `keypth`
            help: did you mean `keypath`?
            13:11 `|custom` is called with the wrong number of arguments
            help: write `|custom(…)` with one argument: to the task that a function chooses, such as `|tasks| tasks - 1`, which gets the number of tasks
            14:18 unknown pstate `$$nobody`
            help: declare it: `pstate $$nobody: Schema;`
        "#]],
    );
}

#[test]
fn where_a_key_says_nothing_it_cannot_lead() {
    check_mistakes(
        "|hash($$anywhere, id);
         |path([keypath(id)], $$value);
         |path([ALL], $$own);
         select([keypath(id)], $$anywhere) :> _;
         select([STAY], $$value) :> _;
         select([ALL], $$own) :> _;
         select([], $$own) :> _;
         select([pred_eq(3), keypath(id)], $$own) :> _;
         select([keypth(id)], $$own) :> _;
         select([keypath(id), NONE], $$own) :> _;",
        &expect![[r#"
            5:110 `$$anywhere` is `partitioned_by: any`, so its keys do not say where to go
            help: say where to go, such as `|direct(task);` or `|hash(another_key);`
            6:33 `$$value` is a plain value, of which every task has one
            help: say where to go, such as `|direct(task);` or `|hash(another_key);`
            7:17 `|path` goes to the home of a key, and `ALL` is none
            help: begin the path with `keypath(key)`; where no key leads write `|all();` or `|direct(task);`, and `local_select` behind it
            8:34 `$$anywhere` is `partitioned_by: any`, so its keys do not say where to go
            help: say where to go, such as `|direct(task);` or `|hash(another_key);`, and use `local_select` there
            9:27 `$$value` is a plain value, of which every task has one
            help: say where to go, such as `|direct(task);` or `|hash(another_key);`, and use `local_select` there
            10:18 `select` goes to the home of a key, and `ALL` is none
            help: begin the path with `keypath(key)`; where no key leads write `|all();` or `|direct(task);`, and `local_select` behind it
            11:10 `select` goes to the home of a key, and here is none
            help: begin the path with `keypath(key)`; where no key leads write `|all();` or `|direct(task);`, and `local_select` behind it
            12:18 `select` goes to the home of a key, and `pred_eq` is none
            help: begin the path with `keypath(key)`; where no key leads write `|all();` or `|direct(task);`, and `local_select` behind it
            13:18 unknown navigator `keypth`
            help: did you mean `keypath`?
            14:31 `NONE` changes a value, but `select` reads
            help: leave it out, or use `local_transform`
        "#]],
    );
}
