//! Paths: what each element stands for, what is moved in paths inside of paths, and what is reported.

use expect_test::{Expect, expect};

use super::{check_errors, plan_of, with_module};

/// Compares the path of one select, with the number of values it emits.
fn check_select(path: &str, expected: &Expect) {
    let plan = plan_of(&with_module(&format!(
        "source(*events) :> Event {{ id, name, least }}; local_select({path}, $$names) :> found;"
    )));
    let select = plan.lines().find(|line| line.contains("local_select")).expect("it is there");
    expected.assert_eq(select.trim().trim_start_matches("local_select"));
}

/// Compares the path of one transform; `name` is used behind it.
fn check_transform(path: &str, expected: &Expect) {
    let plan = plan_of(&with_module(&format!(
        "source(*events) :> Event {{ id, name, least }}; local_transform({path}, $$names); f(name) :> other;"
    )));
    let line = plan.lines().find(|line| line.contains("local_transform")).expect("it is there");
    expected.assert_eq(line.trim().trim_start_matches("local_transform"));
}

fn check_mistake(path: &str, expected: &Expect) {
    check_errors(
        &with_module(&format!("source(*ids) :> id; local_select({path}, $$names) :> _;")),
        expected,
    );
}

#[test]
fn elements_that_are_no_navigators_stand_for_one() {
    check_select(
        "[keypath(id, 1), .name, .0, .1.2, .r#type]",
        &expect!["([keypath(id), keypath(1), .name, .0, .1, .2, .r#type], $$names) :> found (one)"],
    );
    check_select(
        "[\"ada\", -1, 'c', true]",
        &expect![[
            r#"([keypath("ada"), keypath(-1), keypath('c'), keypath(true)], $$names) :> found (one)"#
        ]],
    );
    check_select(
        "[|user| user.age > 3, [], [[.age], move |a, b| a > b]]",
        &expect![
            "([pred(|user| user.age > 3), .age, pred(move |a, b| a > b)], $$names) :> found (at most one)"
        ],
    );
}

#[test]
fn a_path_inside_may_be_a_list_or_its_elements() {
    let same =
        &expect!["([must(id), selected([ALL, pred_gt(3)])], $$names) :> found (at most one)"];
    check_select("[must(id), selected([ALL, pred_gt(3)])]", same);
    check_select("[must(id), selected(ALL, pred_gt(3))]", same);
    check_select("[must(id), selected([ALL], [[pred_gt(3)]])]", same);
    check_select(
        "[must(id), with_page_size(10, ALL, .age)]",
        &expect!["([must(id), with_page_size(10), ALL, .age], $$names) :> found (many)"],
    );
    check_select(
        "[recursive_path(9, down, if_path(STAY, [ALL, down], .n))]",
        &expect![
            "([recursive_path(9, down, [if_else_path([STAY], [ALL, recur(down)], [.n])])], $$names) :> found (many)"
        ],
    );
}

#[test]
fn branches_become_calls_of_the_runtime() {
    check_select(
        "[if_path(STAY, .a)]",
        &expect!["([if_path([STAY], [.a])], $$names) :> found (at most one)"],
    );
    check_select(
        "[if_path([STAY], .a, .b)]",
        &expect!["([if_else_path([STAY], [.a], [.b])], $$names) :> found (one)"],
    );
    check_select(
        "[if_path(STAY, .a, must(id))]",
        &expect!["([if_else_path([STAY], [.a], [must(id)])], $$names) :> found (at most one)"],
    );
    check_select("[multi_path(.a)]", &expect!["([.a], $$names) :> found (one)"]);
    check_select(
        "[multi_path(.a, .b)]",
        &expect!["([multi_path([.a], [.b])], $$names) :> found (many)"],
    );
    check_select(
        "[cond_path(.a, .b)]",
        &expect!["([if_path([.a], [.b])], $$names) :> found (at most one)"],
    );
    check_select(
        "[cond_path(.a, .b, .c, ALL)]",
        &expect!["([cond_path([.a], [.b], [.c], [ALL])], $$names) :> found (many)"],
    );
    check_select(
        "[cond_path(.a,.b, .c,.d, .e,.f, .g,.h, .i,.j, .k,.l, .m,.n)]",
        &expect![
            "([cond_path([.a], [.b], [.c], [.d], [.e], [.f], [.g], [.h], [.i], [.j], [], [cond_path([.k], [.l], [.m], [.n])])], $$names) :> found (at most one)"
        ],
    );
    check_transform(
        "[cond_path(.a, [.b, NONE], .c, [.d, termval(1)]), ]",
        &expect!["([if_else_term([.a], [.b, NONE], [if_term([.c], [.d, termval(1)])])], $$names)"],
    );
    check_transform(
        "[multi_path([.a, NONE], [.b, NONE])]",
        &expect!["([multi_term([.a, NONE], [.b, NONE])], $$names)"],
    );
}

#[test]
fn ranges_may_have_options() {
    check_select(
        "[sorted_map_range_from(id)]",
        &expect!["([sorted_map_range_from(id)], $$names) :> found (one)"],
    );
    check_select(
        "[sorted_map_range_to(id, least)]",
        &expect!["([sorted_map_range_to(id, least)], $$names) :> found (one)"],
    );
    check_select(
        "[sorted_map_range_to(id, inclusive: true, max_amt: least)]",
        &expect![
            "([sorted_map_range_to(id, inclusive: true, max_amt: least)], $$names) :> found (one)"
        ],
    );
}

#[test]
fn how_often_a_path_emits_follows_from_its_steps() {
    let yields = |path: &str| {
        let plan = plan_of(&with_module(&format!(
            "source(*ids) :> id; local_select({path}, $$names) :> _;"
        )));
        plan.rsplit_once('(')
            .expect("it ends with the number")
            .1
            .trim()
            .trim_end_matches(')')
            .to_owned()
    };
    assert_eq!(yields("[]"), "one");
    assert_eq!(yields("[subselect(ALL), collect(ALL), transformed(ALL, NONE)]"), "one");
    assert_eq!(yields("[compact(.a), with_fresh_collected(VAL, .b)]"), "one");
    assert_eq!(yields("[compact(.a), with_fresh_collected(must(1))]"), "at most one");
    assert_eq!(yields("[compact(ALL)]"), "many");
    assert_eq!(yields("[nav(Mine)]"), "many");
    assert_eq!(yields("[FIRST, |n| *n > 3]"), "at most one");
    assert_eq!(yields("[stay_then_continue(STOP)]"), "many");
}

#[test]
fn paths_inside_of_paths_move_at_the_last_use_and_never_beside_a_borrow() {
    check_transform(
        "[must(id), selected(must(least)), keypath(least), termval(name)]",
        &expect![
            "([must(id), selected([must(least.clone())]), keypath(least), termval(name.clone())], $$names)"
        ],
    );
    // The closures of both branches exist before one of them runs.
    check_transform(
        "[must(id), if_path(must(least), must(least), must(id)), termval(least)]",
        &expect![
            "([must(id.clone()), if_else_path([must(least.clone())], [must(least.clone())], [must(id)]), termval(least)], $$names)"
        ],
    );
    check_transform(
        "[if_path(must(least), must(least)), termval(id)]",
        &expect!["([if_path([must(least.clone())], [must(least.clone())]), termval(id)], $$names)"],
    );
    // The paths of one closure are made one after the other.
    check_transform(
        "[multi_path([must(id), termval(least)], [must(id), termval(least)])]",
        &expect![
            "([multi_term([must(id.clone()), termval(least.clone())], [must(id), termval(least)])], $$names)"
        ],
    );
    check_transform(
        "[keypath(id), |found| *found > least, termval(least)]",
        &expect!["([keypath(id), pred(|found| *found > least), termval(least.clone())], $$names)"],
    );
}

#[test]
fn what_is_wrong_in_a_path_is_reported_where_it_stands() {
    check_mistake(
        "[kepath(id), id, sorted_map_range_from(id, maxamt: 3), selected(NONE), transformed(ALL), 1 + 2]",
        &expect![[r#"
            7:62 unknown navigator `kepath`
            help: did you mean `keypath`?
            7:74 `id` is a variable, not a navigator
            help: write `keypath(id)` to go to the value of this key
            7:104 `sorted_map_range_from` has no option `maxamt`
            help: did you mean `max_amt`?
            7:125 `NONE` changes a value, but `selected` only looks
            help: leave it out
            7:132 the path of `transformed` does not say what to do at its end
            help: end it with `termval(value)`, `term(function)` or `NONE`
            7:150 this is no element of a path
            help: a path is a list of navigators such as `keypath(key)` or `ALL`, fields `.name`, keys as literals `"ada"`, filters `|value| ..`, and lists of these in brackets
        "#]],
    );
}

#[test]
fn a_mistake_in_a_path_is_no_second_one_about_its_end() {
    let module = with_module(
        "source(*ids) :> id;
         local_transform([keypath(id), termvl(3)], $$names);
         local_transform([multi_path([.a, NONE], [.b, NNE])], $$names);",
    );
    check_errors(
        &module,
        &expect![[r#"
            8:40 unknown navigator `termvl`
            help: did you mean `termval`?
            9:55 unknown navigator `NNE`
            help: did you mean `NONE`?
        "#]],
    );
}
