//! An operation emits once, `explode` once per element, and `filter` stops an emit.

use plain_dataflow::{User, lines, six};

#[test]
fn a_function_emits_once() {
    assert_eq!(six(), [6]);
}

#[test]
fn everything_after_explode_runs_once_per_element() {
    let user = |user_id, username: &str| User { user_id, username: username.to_owned() };
    assert_eq!(
        lines(vec![user(1, "ada"), user(2, ""), user(3, "grace")]),
        ["user 1 is ada", "user 3 is grace"]
    );
    assert!(lines(Vec::new()).is_empty());
}
