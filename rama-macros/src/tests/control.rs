//! Loops, branches beside the flow, anchors, operations, waits: where they are cut, and what travels.

use expect_test::{Expect, expect};

use super::{check_plan, plan_of, with_module};

/// Compares the segments of one source.
fn check_flow(statements: &str, expected: &Expect) {
    let plan =
        plan_of(&with_module(&format!("source(*events) :> Event {{ id, name }}; {statements}")));
    let segments = plan.lines().skip_while(|line| !line.contains("segment"));
    let lines: String = segments.map(|line| format!("{}\n", &line[2..])).collect();
    expected.assert_eq(&lines);
}

#[test]
fn a_loop_in_place_emits_at_once() {
    check_flow(
        "loop (i = 0, rest = name) {
            if rest.is_empty() { emit(i); } else { continue_with(i + 1, rest.next()); }
         } :> count;
         local_transform([keypath(id), termval(count)], $$counts);",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              rounds 0 (i, rest) from (0, name)
                if rest.is_empty()
                  join 0 (i)
                else
                  round 0 (i + 1, rest.next())
              behind join 0 (count)
                local_transform([keypath(id.clone()), termval(count)], $$counts)
        "#]],
    );
}

#[test]
fn a_loop_at_the_end_only_runs() {
    check_flow(
        "loop (i = 0) { f(i); filter(i < 9); continue_with(i + 1); }",
        &expect![[r#"
        segment source(*events) :> Event { id, name }
          rounds 0 (i) from (0)
            f(i)
            when i < 9
              round 0 (i + 1)
    "#]],
    );
}

#[test]
fn a_loop_that_hops_is_entered_anew() {
    check_flow(
        "let tag = id;
         loop (at = id, n = 0) {
            |hash(at);
            local_select([must(at)], $$counts) :> next;
            continue_with(next, n + 1);
            emit((next, n));
         } :> (found, n);
         ack_return((found, n, name, tag));",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              let tag = id
              enter next_round (id, 0, name, tag)
            segment next_round (at, n, name, tag)
              hop |hash(at) -> after_hash (name, tag, at, n)
            segment after_hash (name, tag, at, n)
              local_select([must(at)], $$counts) :> next (at most one)
                later next_round (next.clone(), n + 1, name.clone(), tag.clone())
                enter after_loop ((next, n), name, tag)
            segment after_loop ((found, n), name, tag)
              ack_return((found, n, name, tag))
        "#]],
    );
}

#[test]
fn what_a_loop_hides_travels_under_another_name() {
    check_flow(
        "loop (name = id) { |hash(name); emit(name); continue_with(name + 1); } :> id;
         ack_return((id, name));",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              enter next_round (id, name)
            segment next_round (name, name_hidden1)
              hop |hash(name) -> after_hash (name_hidden1, name)
            segment after_hash (name_hidden1, name)
              enter after_loop (name.clone(), name_hidden1.clone())
              later next_round (name + 1, name_hidden1)
            segment after_loop (id, name)
              ack_return((id, name))
        "#]],
    );
}

#[test]
fn a_pattern_hides_in_its_own_arm_only() {
    check_flow(
        "match id { name if name > 3 => { |hash(name); g(name); } _ => { |hash(name); h(id); } }
         ack_return(name);",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              name is also name_hidden1
              match id
              case name if name > 3
                hop |hash(name) -> after_hash (name_hidden1, name)
              case _
                hop |hash(name) -> after_hash_2 (id, name)
            segment after_hash (name_hidden1, name)
              g(name)
              enter after_match (name_hidden1)
            segment after_hash_2 (id, name)
              h(id)
              enter after_match (name)
            segment after_match (name)
              ack_return(name)
        "#]],
    );
}

#[test]
fn branches_may_change_what_they_hide() {
    check_flow(
        "let mut n = id;
         if id > 3 {
             if id > 4 { n += 1; explode(name) :> n; } else { n += 2; let n = f(id); }
             g(n);
         }
         ack_return(n);",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              let mut n = id
              if id > 3
                n is also n_hidden2
                if id > 4
                  n += 1
                  n is also n_hidden2
                  each n of name
                    join 1 (n, n_hidden2.clone())
                else
                  n += 2
                  n is also n_hidden2
                  let n = f(id)
                  join 1 (n, n_hidden2)
                behind join 1 (n, n_hidden2)
                  g(n)
                  join 0 (n_hidden2)
              else
                join 0 (n)
              behind join 0 (mut n)
                ack_return(n)
        "#]],
    );
}

#[test]
fn a_branch_that_hops_may_hide_what_is_needed_after_it() {
    check_flow(
        "if id > 3 { let name = f(id); |hash(name); g(name); } else { h(id); }
         ack_return(name);",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              if id > 3
                name is also name_hidden1
                let name = f(id)
                hop |hash(name) -> after_hash (name_hidden1, name)
              else
                h(id)
                enter after_if (name)
            segment after_hash (name_hidden1, name)
              g(name)
              enter after_if (name_hidden1)
            segment after_if (name)
              ack_return(name)
        "#]],
    );
}

#[test]
fn what_changes_comes_along_from_branches_that_emit() {
    check_flow(
        "let mut n = 0;
         if id > 3 { explode(name.chars()) :> c; n += 1; } else { let c = 'a'; }
         ack_return((c, n));",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              let mut n = 0
              if id > 3
                each c of name.chars()
                  copy of mut n
                  n += 1
                  join 0 (c, n)
              else
                let c = 'a'
                join 0 (c, n)
              behind join 0 (c, mut n)
                ack_return((c, n))
        "#]],
    );
}

#[test]
fn branches_beside_the_flow_get_copies() {
    check_flow(
        "branch { |hash(id); f(name); }
         atomic { explode(name.chars()) :> c; g(c); }
         h(id, name);",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              branch
                hop |hash(id) -> after_hash (name.clone())
              atomic
                each c of name.chars()
                  g(c)
              h(id, name)
            segment after_hash (name)
              f(name)
        "#]],
    );
}

#[test]
fn what_goes_on_from_an_anchor_is_a_branch_there() {
    check_flow(
        "let n = name.len();
         anchor 'sized;
         |hash(n);
         f(n);
         from 'sized { g(name); }",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              let n = name.len()
              branch
                g(name)
              hop |hash(n) -> after_hash (n)
            segment after_hash (n)
              f(n)
        "#]],
    );
}

#[test]
fn several_anchors_meet_at_a_port() {
    check_flow(
        "if id > 3 { let n = 1; anchor 'big; |hash(id); f(name); } else { let n = 2; anchor 'small; }
         from 'big, 'small { ack_return((n, id)); }",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              if id > 3
                let n = 1
                enter meeting (id.clone(), n)
                hop |hash(id) -> after_hash (name)
              else
                let n = 2
                enter meeting (id, n)
                enter after_if ()
            segment after_hash (name)
              f(name)
              enter after_if ()
            segment after_if ()
            segment meeting (id, n)
              ack_return((n, id))
        "#]],
    );
}

#[test]
fn waits_are_cuts() {
    check_flow(
        "await_future(fetch(id), timeout: FAST) :> (a, b);
         yield_if_overtime();
         depot_append(*ids, id, append_ack);
         depot_append(*ids, a);
         current_task_id() :> task;
         ack_return((name, b, task));",
        &expect![[r#"
            segment source(*events) :> Event { id, name }
              await_future(fetch(id), timeout: FAST) -> after_await_future (id.clone(), name)
            segment after_await_future ((a, b), id, name)
              yield_if_overtime -> after_yield_if_overtime (id, name, a, b)
            segment after_yield_if_overtime (id, name, a, b)
              depot_append(*ids, id, append_ack) -> after_depot_append (name, a, b)
            segment after_depot_append (_, name, a, b)
              depot_append(*ids, a)
              current_task_id() :> task
              ack_return((name, b, task))
        "#]],
    );
}

#[test]
fn operations_stay_or_leave() {
    check_plan(
        "pub TestModule {
            depot *events: Event, random;
            use op shared::halve as half;
            op above(n: i64, mut least: i64) :> found: i64 {
                explode(0..n) :> i;
                least += 1;
                filter(i > least);
                emit(i);
            }
            op parity(n: i64) :> even: i64, odd: (i64, String) {
                if n % 2 == 0 { emit(even: n); } else { |hash(n); emit(odd: (n, f(n))); }
            }
            op count(n: i64) { local_transform([keypath(n), term(inc)], $$counts); }
            stream flow {
                pstate $$counts: Map<i64, u64>;
                sources! {
                    source(*events) :> Event { id, name };
                    above(id, 3) :> n;
                    count(n);
                    match parity(n) {
                        even(m) => half(m) :> m,
                        odd((m, text)) => { g(text); let m = m; }
                    }
                    ack_return((m, name));
                }
            }
        }",
        &expect![[r#"
            module TestModule
            depot *events: Event, random
            use op shared::halve as half
            op above(n: i64, least: i64) :> found: i64
              segment above (n, mut least)
                each i of 0..n
                  copy of mut least
                  least += 1
                  when i > least
                    emit(i)
            op parity(n: i64) :> even: i64, odd: (i64, String) (may leave its task)
              segment parity (n, caller)
                if n % 2 == 0
                  emit(even: n) to caller
                else
                  hop |hash(n) -> after_hash (n, caller)
              segment after_hash (n, caller)
                emit(odd: (n.clone(), f(n))) to caller
            op count(n: i64)
              segment count (n)
                local_transform([keypath(n), term(inc)], $$counts)
            stream flow
              pstate $$counts: Map<i64, u64>
              segment source(*events) :> Event { id, name }
                above(id, 3) :> n
                  count(n.clone())
                  parity(n) -> after_parity (name.clone())
              segment after_parity (stream, name)
                match stream
                case parity :: even(m)
                  half(m) -> after_half (name)
                case parity :: odd((m, text))
                  g(text)
                  let m = m
                  enter after_match (name, m)
              segment after_half (m, name)
                enter after_match (name, m)
              segment after_match (name, m)
                ack_return((m, name))
        "#]],
    );
}
