//! The tests of the tests: each mistake that somebody could have made is found by the same work that finds nothing when
//! none is made (H5). Only with the feature `planted`, and not beside other tests, since a mistake is made in the whole
//! process: `cargo test -p rama-test --features planted --test simulated planted -- --ignored`. With `RAMA_MISTAKE=AckBeforeSync`
//! in the environment it is that one alone.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rama_core::planted::{Mistake, plant};
use rama_test::Simulation;

use crate::work::random_work;

/// Seeds within which a mistake has to be found.
const SEEDS: u64 = 2_000;

// Not beside the other tests: a mistake is made in all of them. CI runs it by name, alone.
#[test]
#[ignore = "it makes mistakes in the whole process"]
fn each_planted_mistake_is_found() {
    let mut missed = Vec::new();
    let wanted = std::env::var("RAMA_MISTAKE").ok();
    let is_wanted =
        |mistake: &Mistake| wanted.as_ref().is_none_or(|name| *name == format!("{mistake:?}"));
    for mistake in Mistake::ALL.into_iter().filter(is_wanted) {
        plant(Some(mistake));
        let found = (0..SEEDS).find(|seed| is_found(*seed));
        plant(None);
        match found {
            Some(seed) => println!("{mistake:?} is found by seed {seed}"),
            None => missed.push(mistake),
        }
    }
    assert!(missed.is_empty(), "not found within {SEEDS} seeds: {missed:?}");
}

fn is_found(seed: u64) -> bool {
    let work = || Simulation::new().seed(seed).run(random_work);
    catch_unwind(AssertUnwindSafe(work)).is_err()
}
