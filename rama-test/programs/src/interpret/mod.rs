//! What a program does, said directly: a function from a flow, its variables and its task, to effects.
//!
//! Every emit goes on with a copy of the variables as they are at that moment, and what goes on in one direction is
//! never seen in another. Blocks hide names and give them back. That is all there is; how the macro compiles
//! plays no part.

mod effect;
mod flow;
mod machine;

use std::collections::{BTreeMap, BTreeSet};

use super::program::{Input, Program};
use flow::Flow;
use machine::{Around, Machine, froms};

/// Counts and marks have so many keys, so that records meet.
pub const KEYS: i64 = 5;

/// What is kept on a task is kept modulo this.
pub const KEPT: i64 = 1_000;

/// The value of a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// `i64`
    Int(i64),
    /// `String`
    Text(String),
}

/// What a statement observed: its label and values.
pub type Seen = (i64, i64, i64, String);

/// A place: a task, unless the flow was shuffled, and the number of a record.
pub type Place = (Option<u32>, i64);

/// What a program leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// What was observed on each task for each record, in the order in which it was.
    pub seen: BTreeMap<Place, Vec<Seen>>,
    /// By key and record.
    pub counts: BTreeMap<(i64, i64), i64>,
    /// By key and record.
    pub marks: BTreeMap<(i64, i64), BTreeSet<i64>>,
    /// By task and slot.
    pub kept: BTreeMap<(Option<u32>, i64), i64>,
}

/// What is wrong with the interpreter, to see whether anybody notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing.
    None,
    /// What a block binds stays bound behind it.
    NamesStay,
    /// Partitioners do nothing.
    HopsStay,
    /// What is emitted from a loop goes on when the loop has ended.
    EmitsWait,
    /// Only the first `continue_with` of an iteration counts.
    OneRound,
    /// The caller of an operation goes on where it was.
    CallersStay,
    /// What goes on from an anchor is forgotten.
    AnchorsIdle,
    /// Of the branches of `if` and `match` the last one is taken when the first one should be.
    LastBranch,
}

impl Flaw {
    /// All that are.
    pub const ALL: [Self; 7] = [
        Self::NamesStay,
        Self::HopsStay,
        Self::EmitsWait,
        Self::OneRound,
        Self::CallersStay,
        Self::AnchorsIdle,
        Self::LastBranch,
    ];
}

/// The tasks, and where keys are at home.
pub struct World<'w> {
    /// How many there are.
    pub tasks: u32,
    /// The task of a key.
    pub home: &'w dyn Fn(&Value) -> u32,
    /// What is wrong.
    pub flaw: Flaw,
    /// How many statements a record may run.
    pub steps_max: usize,
    /// How long a text may become, in bytes.
    pub text_max: usize,
}

/// Runs a program on records, one after the other; nothing when that goes beyond the bounds of the world.
#[must_use]
pub fn interpret(program: &Program, inputs: &[Input], world: &World<'_>) -> Option<Effects> {
    let machine = Machine { ops: &program.ops, world };
    let mut run = Run { effects: Effects::default(), steps: 0, exhausted: false };
    for input in inputs {
        run.steps = 0;
        let env = vec![
            ("key".to_owned(), Value::Int(input.key)),
            ("seq".to_owned(), Value::Int(input.seq)),
            ("a".to_owned(), Value::Int(input.a)),
            ("b".to_owned(), Value::Int(input.b)),
            ("s".to_owned(), Value::Text(input.s.clone())),
        ];
        let flow = Flow { env, task: Some((world.home)(&Value::Int(input.key))) };
        let around = Around { emit: &|_, _, _, _| {}, again: None, froms: &froms(&program.body) };
        machine.list(&mut run, &program.body, flow, around, &|_, _| {});
    }
    (!run.exhausted).then_some(run.effects)
}

/// What came of a program so far.
struct Run {
    effects: Effects,
    steps: usize,
    exhausted: bool,
}
