//! Makes programs from a seed: small ones that end, use only what is in scope, and have something to observe.

mod branch;
mod expr;
mod flow;
mod scope;
mod statement;

use super::interpret::{Effects, Flaw, Value, World, interpret};
use super::program::{Input, Op, Program};
use super::random::Random;
use flow::{Around, Pending, Signature};
use scope::Variable;

/// How much a program may write for all records: more is slow and shows no more.
const EFFECTS_MAX: usize = 500;

/// What it writes at least.
const EFFECTS_MIN: usize = 8;

/// A record writes so much at most, on many tasks: frames of one event have a bound.
const PLACES_MAX: usize = 150;

/// How many statements a record may run; more would be a slow test.
const STEPS_MAX: usize = 3_000;

/// How long a text may become, in bytes: what grows in each iteration of nested loops is no good program.
const TEXT_MAX: usize = 120;

/// How often a program is thrown away before its kind is impossible.
const ATTEMPTS_MAX: u64 = 2_000;

/// Which programs are made.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// What they follow from.
    pub seed: u64,
    /// How many there are.
    pub count: usize,
    /// Only this one.
    pub only: Option<usize>,
}

/// The programs of a seed.
#[must_use]
pub fn programs(choice: Choice) -> Vec<Program> {
    let numbers = 0..choice.count;
    let chosen = numbers.filter(|number| choice.only.is_none_or(|only| only == *number));
    chosen.map(|number| program(choice, number)).collect()
}

/// The records that all programs get.
#[must_use]
pub fn inputs(seed: u64) -> Vec<Input> {
    let mut random = Random::new(seed, u64::MAX);
    let input = |seq| Input {
        key: random.within(0, 20),
        seq,
        a: random.within(-3, 12),
        b: random.within(0, 6),
        s: (*random.one(&["", "x", "ada", "grace", "lovelace"])).to_owned(),
    };
    (1..=6).map(input).collect()
}

fn program(choice: Choice, number: usize) -> Program {
    let inputs = inputs(choice.seed);
    let seed = u64::try_from(number).expect("a small number") * ATTEMPTS_MAX;
    let attempts = (0..ATTEMPTS_MAX).map(|attempt| {
        let random = Random::new(choice.seed, seed + attempt);
        Generator::new(random).program(number)
    });
    let mut fitting = attempts.filter(|program| is_fitting(program, &inputs));
    fitting.next().expect("one of many programs has effects, but not too many")
}

fn is_fitting(program: &Program, inputs: &[Input]) -> bool {
    // Where keys are at home does not matter here, but has to be the same in the build and in the test.
    let home = |value: &Value| match value {
        Value::Int(value) => u32::try_from(value.rem_euclid(8)).expect("less than eight"),
        Value::Text(text) => u32::try_from(text.len() % 8).expect("less than eight"),
    };
    let (flaw, steps_max, text_max) = (Flaw::None, STEPS_MAX, TEXT_MAX);
    let world = World { tasks: 8, home: &home, flaw, steps_max, text_max };
    let Some(Effects { seen, .. }) = interpret(program, inputs, &world) else { return false };
    let total = seen.values().map(Vec::len).sum::<usize>();
    let most = seen.values().map(Vec::len).max().unwrap_or_default();
    (EFFECTS_MIN..=EFFECTS_MAX).contains(&total) && most <= PLACES_MAX
}

struct Generator {
    random: Random,
    scope: Vec<Variable>,
    around: Around,
    /// Anchors from which nothing goes on yet.
    pending: Vec<Pending>,
    ops: Vec<Signature>,
    /// The operation whose body is made.
    making: Option<usize>,
    local: bool,
    /// Whether nobody knows where the flow is, so that no program asks.
    shuffles: bool,
    /// Statements that may still be made.
    budget: usize,
    labels: i64,
    anchors: usize,
    /// The blocks around, each with a number of its own.
    blocks: Vec<usize>,
    /// How many blocks there are.
    numbered: usize,
}

impl Generator {
    fn new(mut random: Random) -> Self {
        let (local, shuffles) = (random.chance(35), random.chance(25));
        Self {
            random,
            scope: Vec::new(),
            around: Around::default(),
            pending: Vec::new(),
            ops: Vec::new(),
            making: None,
            local,
            shuffles,
            budget: 0,
            labels: 0,
            anchors: 0,
            blocks: Vec::new(),
            numbered: 0,
        }
    }

    fn program(mut self, number: usize) -> Program {
        let ops: Vec<Op> = (0..self.random.below(4)).map(|index| self.op(index)).collect();
        self.scope = scope::of_record();
        self.around = Around::default();
        self.budget = 14 + self.random.below(28);
        let body = self.whole_flow(7);
        Program { number, local: self.local, body, ops }
    }
}
