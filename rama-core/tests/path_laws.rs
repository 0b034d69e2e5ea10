//! The laws of paths, on random schemas, data and paths, against a naive evaluator on plain values.
//!
//! By default the same 1,000 cases run, each of several operations; `RAMA_CASES=n` runs n others.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]
#![expect(clippy::needless_pass_by_value, reason = "what is compared is used up")]

#[path = "path_laws/case.rs"]
mod case;
#[path = "path_laws/dynamic.rs"]
mod dynamic;
#[path = "path_laws/generate/mod.rs"]
mod generate;
#[path = "path_laws/laws.rs"]
mod laws;
#[path = "path_laws/naive/mod.rs"]
mod naive;
#[path = "path_laws/rows.rs"]
mod rows;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// Of the cases that always run.
const SEED: u64 = 3;

/// How many cases a property runs: so many, or as the environment says.
fn cases(default: u32) -> ProptestConfig {
    let more = std::env::var("RAMA_CASES").ok().map(|n| n.parse().expect("RAMA_CASES is a number"));
    ProptestConfig {
        failure_persistence: None,
        rng_seed: if more.is_some() { RngSeed::Random } else { RngSeed::Fixed(SEED) },
        ..ProptestConfig::with_cases(more.unwrap_or(default))
    }
}
