//! Simulation: a test runs on one thread, with a clock and disks of its own, and everything that happens in it follows
//! from a seed (RELIABILITY.md §4). What a user's test gets in return: any order in which things can happen, hours
//! in microseconds, power that goes away between any two writes, and a failure that can be repeated.

mod exactly_once;
mod policy;
mod scheduler;
mod streams;
mod trace;
mod wall;
mod world;

pub use self::{
    exactly_once::{assert_exactly_once, partition_records, records},
    world::{Joined, World},
};

use std::{
    env,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    thread,
};

use rama_core::Result;

use self::scheduler::Stuck;

/// Seeds that a simulation runs with when nothing is said: a second or so of a debug build.
const SEEDS: u64 = 20;

/// The stack of the thread that a simulation runs on, as large as that of a lane, since it steps them.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// A test that runs once for each seed.
///
/// ```
/// use rama_core::prelude::*;
/// use rama_test::{Simulation, World, assert_exactly_once};
///
/// defmodule! {
///     pub WordsModule {
///         depot *words: String, hash_by(|word| word.clone());
///         stream counts {
///             pstate $$counts: Map<String, u64>;
///             sources! {
///                 source(*words) :> word;
///                 local_transform([keypath(word), nil_to_val(0), term(|n| n + 1)], $$counts);
///             }
///         }
///     }
/// }
///
/// Simulation::new().seeds(10).run(async |world: World| {
///     let words = world.launch(WordsModule).await?;
///     words.depot.words.append("a".to_owned()).await?;
///     world.crash_and_restart().await?;
///     words.depot.words.append("a".to_owned()).await?;
///     let counts = words.pstate.counts.all_partitions().select(path![ALL]).await?;
///     assert_exactly_once(&words.depot.words, counts, |counts, word| {
///         *counts.entry(word).or_default() += 1;
///     })
///     .await
/// });
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    seeds: Range<u64>,
    /// Whether the test wants this seed and no other one.
    is_fixed: bool,
}

impl Default for Simulation {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulation {
    /// Twenty seeds, from 0 on.
    #[must_use]
    pub fn new() -> Self {
        Self { seeds: 0..SEEDS, is_fixed: false }
    }

    /// As many seeds, from 0 on.
    #[must_use]
    pub fn seeds(mut self, count: u64) -> Self {
        (self.seeds, self.is_fixed) = (0..count, false);
        self
    }

    /// One seed, whatever the environment says: so a test of a seed that once failed always runs that one.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        (self.seeds, self.is_fixed) = (seed..seed + 1, true);
        self
    }

    /// Runs the test for each seed, each in a world of its own. The environment chooses others, unless the test names
    /// its [seed](Self::seed): `RAMA_SEED` a single one, `RAMA_SEEDS` how many, or which: `100..200`.
    ///
    /// # Panics
    /// When the test does, or ends with an error, or waits for something that does not come; before that, seed, trace
    /// and the command that repeats it are printed.
    pub fn run(self, test: impl AsyncFn(World) -> Result<()> + Sync) {
        let is_fixed = self.is_fixed;
        for seed in self.chosen(|name| env::var(name).ok()) {
            run_once(seed, is_fixed, &test);
        }
    }

    fn chosen(self, asked: impl Fn(&str) -> Option<String>) -> Range<u64> {
        if self.is_fixed {
            return self.seeds;
        }
        let number = |text: &str| text.parse().ok();
        let said = if let Some(seed) = asked("RAMA_SEED") {
            number(&seed).map(|seed: u64| seed..seed + 1)
        } else if let Some(seeds) = asked("RAMA_SEEDS") {
            match seeds.split_once("..") {
                Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
                None => number(&seeds).map(|count| 0..count),
            }
        } else {
            Some(self.seeds)
        };
        said.expect("RAMA_SEED is a number, RAMA_SEEDS a number or a range like 100..200")
    }
}

/// Runs the test once and gives the hash of all that happened, and of all that was written to disks: the same for the same
/// seed.
///
/// # Panics
/// As [`Simulation::run`].
pub fn trace_of(seed: u64, test: impl AsyncFn(World) -> Result<()> + Sync) -> u64 {
    run_once(seed, true, &test)
}

fn run_once(seed: u64, is_fixed: bool, test: &(impl AsyncFn(World) -> Result<()> + Sync)) -> u64 {
    let command = command(seed, is_fixed);
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(format!("seed {seed}")).stack_size(STACK_BYTES);
        let running = thread.spawn_scoped(scope, || in_a_world(seed, test, &command));
        let running = running.expect("the machine gives one thread");
        running.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

fn in_a_world(seed: u64, test: &(impl AsyncFn(World) -> Result<()> + Sync), command: &str) -> u64 {
    let world = World::new(seed);
    let (scheduler, machine) = (world.scheduler.clone(), world.clone());
    let ended = catch_unwind(AssertUnwindSafe(|| scheduler.run(test(world))));
    let failed = match ended {
        Ok(Ok(Ok(()))) => return scheduler.trace().1 ^ machine.written(),
        Ok(Ok(Err(error))) => Err(format!("the test ended with an error: {error}")),
        Ok(Err(Stuck(reason))) => Err(reason.to_owned()),
        Err(panic) => Ok(panic),
    };
    tell(&scheduler.trace().0, seed, command);
    match failed {
        Ok(panic) => resume_unwind(panic),
        Err(reason) => panic!("seed {seed}: {reason}\nrepeat it with: {command}"),
    }
}

#[expect(clippy::print_stderr, reason = "whoever looks for the reason of a failed test needs it")]
fn tell(trace: &[String], seed: u64, command: &str) {
    for line in trace {
        eprintln!("{line}");
    }
    eprintln!("seed {seed} failed after these steps; repeat it with: {command}");
}

/// What repeats a seed of the test that runs on this thread. One that the test names itself needs no more than the test.
fn command(seed: u64, is_fixed: bool) -> String {
    let package = env::var("CARGO_PKG_NAME").map(|name| format!(" -p {name}")).unwrap_or_default();
    let thread = thread::current();
    let test = thread.name().filter(|name| *name != "main").unwrap_or_default();
    let seed = if is_fixed { String::new() } else { format!("RAMA_SEED={seed} ") };
    format!("{seed}cargo test{package} {test}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(name: &'a str, value: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
        move |of| (of == name).then(|| value.to_owned())
    }

    #[test]
    fn the_environment_chooses_seeds_unless_the_test_names_one() {
        let twenty = || Simulation::new().seeds(20);
        assert_eq!(twenty().chosen(|_| None), 0..20);
        assert_eq!(twenty().chosen(asked("RAMA_SEED", "7")), 7..8);
        assert_eq!(twenty().chosen(asked("RAMA_SEEDS", "300")), 0..300);
        assert_eq!(twenty().chosen(asked("RAMA_SEEDS", "5..9")), 5..9);
        assert_eq!(Simulation::new().seed(17).chosen(asked("RAMA_SEED", "7")), 17..18);
        assert_eq!(Simulation::new().seed(17).chosen(asked("RAMA_SEEDS", "5..9")), 17..18);
    }

    #[test]
    fn a_seed_is_repeated_by_its_number_unless_the_test_names_it() {
        assert!(command(7, false).starts_with("RAMA_SEED=7 cargo test"));
        assert!(command(17, true).starts_with("cargo test"));
    }
}
