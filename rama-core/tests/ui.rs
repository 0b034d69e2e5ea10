//! One compile-fail case for each message of the language: `ui/<topic>/<rule>.rs`, one mistake each.
//!
//! The expected output stands beside each case. Refresh it on purpose with `TRYBUILD=overwrite`
//! and read the difference.

#[test]
fn every_mistake_gets_its_message() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
