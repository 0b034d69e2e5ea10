//! What the macros say and what they must accept, by real compilation.
//!
//! `ui/<topic>/<rule>.rs` makes one mistake each; the message it must get stands beside it. Refresh those on
//! purpose with `TRYBUILD=overwrite` and read the difference. `ui/hygiene` holds programs that must compile.

const TOPICS: &[&str] = &[
    "module", "depot", "pstate", "source", "flow", "control", "wait", "op", "locality", "path",
    "derive", "portable",
];

#[test]
fn every_mistake_gets_its_message() {
    let cases = trybuild::TestCases::new();
    for topic in TOPICS {
        cases.compile_fail(format!("tests/ui/{topic}/*.rs"));
    }
}

#[test]
fn names_and_lints_of_the_user_do_not_meet_the_expansion() {
    trybuild::TestCases::new().pass("tests/ui/hygiene/*.rs");
}
