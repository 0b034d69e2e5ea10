//! Where points run: which keys are refused away from their home, and which are left to run time.

use expect_test::{Expect, expect};

use super::{errors_of, with_statements};

fn module(statements: &str) -> String {
    with_statements(
        "depot *follows: Follow, hash_by(follower);
         depot *pairs: (i64, i64), hash_by(|pair| pair.0);
         depot *orders: Order, hash_by(customer.id);
         depot *jumbled: Follow, hash_by(|Follow { follower, followee }| follower + followee);
         depot *ticks: i64, global;
         depot *any: Follow, random;",
        "pstate $$rows: Map<i64, i64>;
         pstate $$own: Map<i64, i64> { key_partitioner: by_digit };
         pstate $$other: Map<i64, i64> { key_partitioner: by_digit };
         pstate $$total: u64 { global, initial: 0 };
         pstate $$elsewhere: Map<i64, i64> { partitioned_by: any };
         pstate $$own_value: u64;",
        statements,
    )
}

/// A use of a key in hashed rows.
fn row(key: &str) -> String {
    format!("local_transform([keypath({key}), NONE], $$rows);")
}

const FOLLOW: &str = "source(*follows) :> Follow { follower, followee };";

/// Each flow is accepted.
#[track_caller]
fn accepts(flows: &[String]) {
    for flow in flows {
        assert_eq!(errors_of(&module(flow)), "", "{flow}");
    }
}

/// Each flow gets exactly one message, the first line of which is this.
#[track_caller]
fn refuses(message: &str, flows: &[String]) {
    for flow in flows {
        let found = errors_of(&module(flow));
        let messages = found.matches("help:").count();
        assert!(messages == 1 && found.contains(message), "{flow}\n{found}");
    }
}

const OTHER: &str = "`$$rows` is partitioned by its key: this point is at the home of `follower`, but the path starts at `followee`";

fn check(statements: &str, expected: &Expect) {
    expected.assert_eq(&errors_of(&module(statements)));
}

#[test]
fn another_variable_than_the_one_that_led_here_is_refused_at_its_name() {
    check(
        "source(*follows) :> Follow { follower, followee };
         local_transform([keypath(followee), NONE], $$rows);",
        &expect![[r#"
            12:35 `$$rows` is partitioned by its key: this point is at the home of `follower`, but the path starts at `followee`
            help: put `|hash(followee);` before it, or `assume_home(followee);` if both are known to be equal (checked at run time)
        "#]],
    );
}

#[test]
fn every_access_and_every_way_to_write_the_key_is_looked_at() {
    let accesses = [
        row("followee"),
        row("&followee"),
        row("followee.clone()"),
        row("*&(followee)"),
        row("followee, 3"),
        "local_select([keypath(followee)], $$rows) :> _;".to_owned(),
        "local_select([must(followee), ALL], $$rows) :> _;".to_owned(),
        "local_select([[keypath(followee)]], $$rows) :> _;".to_owned(),
        "yielding_select([keypath(followee), ALL], $$rows) :> _;".to_owned(),
        format!("explode(0..3) :> _; filter(follower > 3); {}", row("followee")),
        format!("if follower > 3 {{ {} }}", row("followee")),
        format!("match follower {{ 3 => f(), _ => {{ {} }} }}", row("followee")),
    ];
    refuses(OTHER, &accesses.map(|access| format!("{FOLLOW} {access}")));
}

#[test]
fn the_key_that_led_here_is_at_home_under_all_its_names() {
    accepts(&[
        format!("{FOLLOW} {}", row("follower")),
        format!("{FOLLOW} let k = follower; {}", row("k")),
        format!("{FOLLOW} let k = &follower; let k = k.clone(); {}", row("*&k")),
        format!("{FOLLOW} let (k, _) = (follower, followee); {}", row("k")),
        format!("{FOLLOW} follower :> k; {}", row("k")),
        format!("{FOLLOW} let followee = follower; {}", row("followee")),
        format!("{FOLLOW} |hash(followee); {}", row("followee")),
        format!("{FOLLOW} let k = followee; |hash(k); {}", row("followee")),
        format!("{FOLLOW} |hash($$rows, followee); {}", row("followee")),
        format!("{FOLLOW} |path([keypath(followee), ALL], $$rows); {}", row("followee")),
        format!("{FOLLOW} select([keypath(followee)], $$rows) :> _; {}", row("followee")),
        format!(
            "{FOLLOW} if f() {{ |hash(followee); }} else {{ |hash(followee); }} {}",
            row("followee")
        ),
        format!(
            "{FOLLOW} if f() {{ let k = follower; }} else {{ let k = follower.clone(); }} {}",
            row("k")
        ),
        format!("source(*follows) :> follow; let k = follow.follower; {}", row("k")),
        format!("source(*follows) :> f; let Follow {{ follower: k, .. }} = &f; {}", row("k")),
        format!("source(*pairs) :> (a, b); {}", row("a")),
        format!(
            "source(*orders) :> Order {{ customer: Customer {{ id, .. }}, other }}; {}",
            row("id")
        ),
        format!("source(*orders) :> order; |hash(order.other); let k = order.other; {}", row("k")),
    ]);
}

#[test]
fn parts_of_one_record_are_told_apart() {
    refuses(
        "at the home of `a`, but the path starts at `b`",
        &[
            format!("source(*pairs) :> (a, b); {}", row("b")),
            format!("source(*follows) :> Follow {{ follower: a, followee: b }}; {}", row("b")),
            format!("source(*any) :> x; let a = x.0; let b = x.1.clone(); |hash(a); {}", row("b")),
            format!("source(*any) :> x; let (a, b) = parse(x)?; |hash(a); {}", row("b")),
            format!("source(*any) :> x; explode(x.list) :> (a, b); |hash(a); {}", row("b")),
        ],
    );
    refuses(
        "at the home of `pair.0`, but the path starts at `b`",
        &[format!("source(*pairs) :> (_, b); {}", row("b"))],
    );
    refuses(
        "at the home of `f.a`, but the path starts at `f.b`",
        &[format!("source(*any) :> f; |hash(f.a); {}", row("f.b"))],
    );
    refuses(
        "at the home of `customer.id`, but the path starts at `other`",
        &[format!("source(*orders) :> Order {{ other, .. }}; {}", row("other"))],
    );
}

#[test]
fn what_depends_on_values_is_left_to_run_time() {
    accepts(&[
        // Expressions, literals and constants.
        format!("{FOLLOW} {}", row("followee + 1")),
        format!("{FOLLOW} {}", row("7")),
        format!("{FOLLOW} {}", row("ADMIN")),
        format!("{FOLLOW} let k = 7; {}", row("k")),
        format!("{FOLLOW} {}", row("f(followee)")),
        // What was made of the key, or of what it was made of.
        format!("{FOLLOW} let k = f(follower, followee); {}", row("k")),
        format!("{FOLLOW} f(follower) :> k; {}", row("k")),
        format!("{FOLLOW} let k = f(followee); |hash(k); {}", row("followee")),
        format!("source(*jumbled) :> Follow {{ follower, followee }}; {}", row("followee")),
        format!("{FOLLOW} match follower {{ Some(k) => {{ {} }} None => {{}} }}", row("k")),
        format!("{FOLLOW} if let Some(k) = follower {{ {} }}", row("k")),
        format!("{FOLLOW} |hash((follower, followee)); {}", row("followee")),
        format!(
            "{FOLLOW} if f() {{ let k = follower; }} else {{ let k = followee; }} {}",
            row("k")
        ),
        format!("{FOLLOW} let (A {{ k, .. }} | B {{ x: k }}) = follower; {}", row("k")),
        // What changes.
        format!(
            "source(*follows) :> Follow {{ mut follower, .. }}; follower += 1; {}",
            row("follower")
        ),
        format!("{FOLLOW} let mut k = followee; k = follower; {}", row("k")),
        format!("{FOLLOW} let k; k = follower; {}", row("k")),
        // Keys that were found here.
        format!("{FOLLOW} local_select([MAP_KEYS], $$rows) :> k; {}", row("k")),
        format!("{FOLLOW} local_select([keypath(followee)], $$elsewhere) :> k; {}", row("k")),
        format!(
            "{FOLLOW} local_select([must(follower), putval(follower)], $$rows) :> k; {}",
            row("k")
        ),
        // Other paths.
        format!(
            "{FOLLOW} local_transform([multi_path([keypath(followee), NONE], [ALL, NONE])], $$rows);"
        ),
        format!("{FOLLOW} local_transform([submap([followee]), NONE], $$rows);"),
        // PStates without a home of their keys.
        format!("{FOLLOW} local_transform([keypath(followee), NONE], $$elsewhere);"),
        format!("{FOLLOW} local_transform([term(|n| n + followee)], $$own_value);"),
    ]);
}

/// Ways to task 0.
const ZERO: [&str; 3] = ["|global();", "|global($$total);", "|hash($$total, followee);"];

#[test]
fn a_key_has_no_business_on_task_zero() {
    let flows = ZERO.map(|way| format!("{FOLLOW} {way} {}", row("followee")));
    refuses("`$$rows` is partitioned by its key: this point is on task 0", &flows);
}

#[test]
fn where_nothing_is_known_nothing_is_refused() {
    let ways =
        ["|all();", "|direct(3);", "|shuffle();", "|origin();", "|custom(|tasks| tasks - 1);"];
    accepts(&ways.map(|way| format!("{FOLLOW} {way} {}", row("followee"))));
    let found = "local_select([MAP_KEYS], $$rows) :> k;";
    accepts(&ZERO.map(|way| format!("{FOLLOW} {way} {found} {}", row("k"))));
    accepts(&ZERO.map(|way| format!("{FOLLOW} {way} assume_home(followee); {}", row("followee"))));
    accepts(&[
        format!("source(*any) :> Follow {{ follower, followee }}; {}", row("follower")),
        "source(*ticks) :> tick; local_clear($$total); let _ = tick;".to_owned(),
        format!("{FOLLOW} if f() {{ |hash(followee); }} {}", row("follower")),
        format!("{FOLLOW} if f() {{ |hash(followee); }} else {{ |all(); }} {}", row("follower")),
    ]);
}

#[test]
fn a_branch_that_never_ends_does_not_count_where_branches_meet() {
    refuses(
        OTHER,
        &[
            format!("{FOLLOW} if f() {{ |all(); return Err(never()); }} {}", row("followee")),
            format!("{FOLLOW} if f() {{ g(); }} else {{ h(); }} {}", row("followee")),
            format!("source(*follows) :> Follow {{ mut follower, followee }}; {}", row("followee")),
        ],
    );
}

#[test]
fn what_was_compared_is_the_same_key() {
    accepts(&[
        format!("{FOLLOW} filter(follower == followee); {}", row("followee")),
        format!("{FOLLOW} filter(f() && followee == *&follower); {}", row("followee")),
        format!("{FOLLOW} if follower == followee {{ {} }}", row("followee")),
        format!("{FOLLOW} if follower != followee {{ f(); }} else {{ {} }}", row("followee")),
        format!(
            "{FOLLOW} match f() {{ _ if follower == followee => {{ {} }} _ => {{}} }}",
            row("followee")
        ),
    ]);
    refuses(
        OTHER,
        &[
            format!("{FOLLOW} filter(follower != followee); {}", row("followee")),
            format!("{FOLLOW} filter(f() || follower == followee); {}", row("followee")),
            format!("{FOLLOW} if follower == followee {{ f(); }} else {{ {} }}", row("followee")),
            format!("{FOLLOW} if follower == followee {{ f(); }} {}", row("followee")),
        ],
    );
}

#[test]
fn a_key_that_is_assumed_to_be_at_home_is_one_of_several() {
    accepts(&[
        format!("{FOLLOW} assume_home(followee); {} {}", row("followee"), row("follower")),
        format!("{FOLLOW} let k = followee; assume_home(&k); {}", row("followee")),
        "source(*any) :> Follow { follower, .. }; assume_home(follower); local_clear($$total);"
            .to_owned(),
    ]);
    refuses(
        "at the home of `a`, but the path starts at `c`",
        &[format!("source(*any) :> X {{ a, b, c }}; |hash(a); assume_home(b); {}", row("c"))],
    );
}

#[test]
fn one_mistake_gives_one_message_however_often_the_key_is_used() {
    refuses(OTHER, &[format!("{FOLLOW} {0} {0} if f() {{ {0} }}", row("followee"))]);
}

#[test]
fn what_a_row_holds_is_another_key() {
    refuses(
        "at the home of `follower`, but the path starts at `k`",
        &[
            format!("{FOLLOW} local_select([keypath(follower), ALL], $$rows) :> k; {}", row("k")),
            format!("{FOLLOW} local_select([must(follower)], $$rows) :> (_, k); {}", row("k")),
            format!("{FOLLOW} explode(followee.list()) :> k; {}", row("k")),
        ],
    );
}

#[test]
fn key_partitioners_are_followed() {
    let own =
        |key: &str, pstate: &str| format!("local_transform([keypath({key}), NONE], $${pstate});");
    accepts(&[
        format!("{FOLLOW} |hash($$own, followee); {}", own("followee", "own")),
        // A rule of the user's may put both on one task.
        format!("{FOLLOW} |hash($$own, followee); {}", own("follower", "own")),
        format!("{FOLLOW} |hash($$own, followee); {}", own("followee", "other")),
        format!("{FOLLOW} |hash($$own, followee); {}", row("follower")),
        format!("{FOLLOW} {}", own("followee", "own")),
        format!("{FOLLOW} |hash($$own, followee); assume_home(follower); {}", row("follower")),
    ]);
    refuses(
        "`$$own` has a key partitioner of its own: this point is at the home of `follower` by its hash",
        &[
            format!("{FOLLOW} {}", own("follower", "own")),
            format!("{FOLLOW} |all(); |hash(follower); {}", own("follower", "own")),
        ],
    );
    refuses(
        "`$$rows` is partitioned by its key: this point is where the key partitioner of `$$own` puts `followee`",
        &[
            format!("{FOLLOW} |hash($$own, followee); {}", row("followee")),
            format!("{FOLLOW} select([keypath(&followee)], $$own) :> _; {}", row("followee")),
        ],
    );
}

#[test]
fn a_global_pstate_is_not_at_the_home_of_a_key() {
    refuses(
        "`$$total` is global, so it is on task 0: this point is at the home of `follower`",
        &[
            format!("{FOLLOW} local_transform([termval(1)], $$total);"),
            format!("{FOLLOW} local_clear($$total);"),
            format!("{FOLLOW} local_select([STAY], $$total) :> _;"),
        ],
    );
    accepts(&[
        format!("{FOLLOW} |global(); local_clear($$total);"),
        format!("{FOLLOW} select([STAY], $$total) :> _; local_clear($$total);"),
        format!("{FOLLOW} |all(); local_clear($$total);"),
    ]);
}

#[test]
fn nothing_is_claimed_while_something_else_is_wrong() {
    check(
        &format!("{FOLLOW} |hsh(followee); {}", row("followee")),
        &expect![[r#"
            11:98 unknown partitioner `|hsh`
            help: did you mean `|hash`?
        "#]],
    );
}
