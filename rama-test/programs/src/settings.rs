//! Which programs are made, as the environment says.

use super::generate::Choice;

/// The seed of the programs: a number.
pub const SEED: &str = "RAMA_PROGRAMS_SEED";
/// How many there are: a number.
pub const COUNT: &str = "RAMA_PROGRAMS_COUNT";
/// The number of the only one.
pub const ONLY: &str = "RAMA_PROGRAMS_ONLY";
/// All of them.
pub const NAMES: [&str; 3] = [SEED, COUNT, ONLY];

/// The seed when nothing is said.
pub const DEFAULT_SEED: u64 = 253;

/// The number of programs when nothing is said: every construct that the test wants occurs, and they compile in a
/// minute.
pub const DEFAULT_COUNT: usize = 80;

/// What the environment says.
///
/// # Panics
/// When it says something that is no number.
#[must_use]
pub fn choice(variable: impl Fn(&str) -> Option<String>) -> Choice {
    let number = |name: &str| {
        let text = variable(name).filter(|text| !text.is_empty())?;
        Some(text.parse::<u64>().unwrap_or_else(|_| panic!("{name} is a number")))
    };
    let small = |name: &str| Some(usize::try_from(number(name)?).expect("a small number"));
    Choice {
        seed: number(SEED).unwrap_or(DEFAULT_SEED),
        count: small(COUNT).unwrap_or(DEFAULT_COUNT),
        only: small(ONLY),
    }
}
