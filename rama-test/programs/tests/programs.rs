//! Random small programs do on 1, 2 and 8 tasks what an interpreter says that they do: branches, loops, hops, shadowing,
//! operations and anchors, nested freely.
//!
//! The programs are made while this crate is built, from a seed. Others, or one of them:
//!
//! ```text
//! RAMA_PROGRAMS_SEED=7 RAMA_PROGRAMS_COUNT=100 cargo test -p programs
//! RAMA_PROGRAMS_SEED=7 RAMA_PROGRAMS_ONLY=31 cargo test -p programs
//! ```

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
    pin::Pin,
    sync::Mutex,
};

use programs::{
    coverage::coverage,
    generate::{Choice, inputs, programs},
    interpret::{Effects, Flaw, Place, Seen, Value, World, interpret},
    print,
    program::{Input, Program},
    settings,
};
use rama_core::{
    client::{Depot, PState},
    id::TaskId,
    module::Module,
    partition::KeyHash,
    prelude::*,
};
use rama_test::{InProcessCluster, LaunchConfig, Simulation};

/// The programs, and the functions that they call.
#[allow(warnings, clippy::all, reason = "nobody wrote the programs")]
mod generated {
    use programs::{generate::Choice, interpret::Seen};
    use rama_core::prelude::*;

    use super::{Handles, Record, Runner, run, run_through_crashes};

    macro_rules! runner {
        ($number:literal, $module:ident) => {
            Runner {
                source: include_str!(concat!(
                    env!("OUT_DIR"),
                    "/program_",
                    stringify!($number),
                    ".rs"
                )),
                run: |tasks, records| {
                    let handles = |client: $module::ProgramClient| Handles {
                        records: client.depot.records,
                        seen: client.pstate.seen,
                        counts: client.pstate.counts,
                        marks: client.pstate.marks,
                    };
                    Box::pin(run($module::Program, handles, tasks, records))
                },
                run_through_crashes: |seed, tasks, records| {
                    let handles = |client: $module::ProgramClient| Handles {
                        records: client.depot.records,
                        seen: client.pstate.seen,
                        counts: client.pstate.counts,
                        marks: client.pstate.marks,
                    };
                    run_through_crashes(|| $module::Program, handles, seed, tasks, records)
                },
            }
        };
    }

    fn twice(number: i64) -> i64 {
        number * 2 % 1_000
    }

    fn shout(text: String) -> String {
        text.to_uppercase()
    }

    fn both(number: i64, text: String) -> (i64, String) {
        (number + 1, format!("{text}!"))
    }

    fn halve(number: i64) -> Option<i64> {
        (number % 2 == 0).then_some(number / 2)
    }

    fn task_of(number: i64, tasks: u32) -> u32 {
        u32::try_from(number.rem_euclid(i64::from(tasks))).expect("less than the number of tasks")
    }

    include!(concat!(env!("OUT_DIR"), "/programs.rs"));
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Record {
    key: i64,
    seq: i64,
    a: i64,
    b: i64,
    s: String,
}

/// What the modules of all programs have.
struct Handles {
    records: Depot<Record>,
    seen: PState<Map<i64, Vec<Seen>>>,
    counts: PState<Map<i64, Map<i64, i64>>>,
    marks: PState<Map<i64, Map<i64, Set<i64>>>>,
}

/// What has to occur in the programs of the default seed; `a > b` says that `b` stands somewhere in `a`.
const WANTED: &[&str] = &[
    "let",
    "bring",
    "change",
    "call",
    "explode",
    "explode pairs",
    "filter",
    "let else",
    "if",
    "if else",
    "else if",
    "if let",
    "match",
    "match option",
    "bound in all branches",
    "op call",
    "op call without emits",
    "op match",
    "hopping op call",
    "recursion",
    "hash",
    "all",
    "global",
    "direct",
    "shuffle",
    "yield",
    "task",
    "write",
    "count",
    "read",
    "read any",
    "read many",
    "read in pages",
    "keep",
    "recall",
    "branch",
    "atomic",
    "anchor",
    "from",
    "meeting",
    "loop",
    "hopping loop",
    "loop with mut",
    "loop that branches",
    "hidden by a loop, needed behind",
    "hidden by an arm, needed behind",
    "hidden by branches or a loop, needed behind the block",
    "changed behind emits",
    "changed in a loop, needed behind",
    "changed beside the flow, needed behind",
    "emit",
    "continue",
    "local",
    "loop > loop",
    "hopping loop > hopping loop > hash",
    "hopping loop > hopping loop > continue",
    "hopping loop > match option > hopping loop",
    "hopping loop > match > hash",
    "hopping loop > if else > loop",
    "hopping loop > meeting > hash",
    "hopping loop > meeting > emit",
    "hopping loop > meeting > continue",
    "op > meeting > emit",
    "hopping loop > atomic > hash",
    "hopping loop > atomic > emit",
    "hopping loop > from > emit",
    "hopping loop > from > hopping loop",
    "hopping loop > op match",
    "hopping loop > yield",
    "loop > op call",
    "loop > hopping op call",
    "branch > hopping loop > if",
    "branch > loop > continue",
    "atomic > hopping loop > continue",
    "from > hopping loop > hash",
    "match > hopping loop > hash",
    "op > hopping loop > hash",
    "op > from > emit",
    "op match > op match > op match",
    "if else > hopping loop > if",
];

type Outcome = Pin<Box<dyn Future<Output = Result<Effects>>>>;

/// A program as a module.
struct Runner {
    source: &'static str,
    run: fn(u32, Vec<Record>) -> Outcome,
    /// The same in a simulated world that loses power at random, by its seed.
    run_through_crashes: fn(u64, u32, &[Record]) -> Effects,
}

/// Runs a module on records, one after the other, and reads what it has written.
async fn run<M: Module>(
    module: M,
    handles: fn(M::Client) -> Handles,
    tasks: u32,
    records: Vec<Record>,
) -> Result<Effects> {
    let ipc = InProcessCluster::create().await?;
    let config = LaunchConfig::new().tasks(tasks).threads(tasks.min(2));
    let handles = handles(ipc.launch(module, config).await?);
    for record in records {
        handles.records.append(record).await?;
    }
    handles.effects(tasks).await
}

/// Runs a module on records, one after the other, in a world where power goes away again and again. A client that does
/// not know what became of a record looks, and appends it once more if it is not there.
fn run_through_crashes<M: Module>(
    module: fn() -> M,
    handles: fn(M::Client) -> Handles,
    seed: u64,
    tasks: u32,
    records: &[Record],
) -> Effects {
    let effects = Mutex::new(Effects::default());
    Simulation::new().seed(seed).run(async |world: rama_test::World| {
        let config = world.any_config().tasks(tasks).threads(tasks.min(2));
        let handles = handles(world.launch_with(module(), config).await?);
        let mut random = world.random("crashes");
        for record in records {
            loop {
                if random.below(3) == 0 {
                    world.lose_power_within(12);
                }
                let appended = handles.records.append(record.clone()).await;
                if appended.is_ok() && random.below(6) > 0 {
                    break;
                }
                world.crash_and_restart().await?;
                let stored = rama_test::records(&handles.records).await?;
                if stored.iter().any(|stored| stored.seq == record.seq) {
                    break;
                }
                assert!(appended.is_err(), "record {} was acknowledged and is lost", record.seq);
            }
        }
        world.crash_and_restart().await?;
        world.run_until_idle().await;
        let found = handles.effects(tasks).await?;
        *effects.lock().expect("nobody panicked with it") = found;
        Ok(())
    });
    effects.into_inner().expect("nobody panicked with it")
}

impl Handles {
    /// Everything that the topologies have written.
    async fn effects(&self, tasks: u32) -> Result<Effects> {
        let mut effects = Effects::default();
        for task in 0..tasks {
            let found = self.seen.partition(TaskId(task)).select(path![ALL]).await?;
            effects.seen.extend(found.into_iter().map(|(seq, seen)| ((Some(task), seq), seen)));
        }
        for (key, counts) in self.counts.all_partitions().select(path![ALL]).await? {
            effects.counts.extend(counts.into_iter().map(|(seq, count)| ((key, seq), count)));
        }
        for (key, marks) in self.marks.all_partitions().select(path![ALL]).await? {
            effects.marks.extend(marks.into_iter().map(|(seq, marks)| ((key, seq), marks)));
        }
        Ok(effects)
    }
}

/// What the interpreter says.
fn expected(program: &Program, inputs: &[Input], tasks: u32, flaw: Flaw) -> Effects {
    let home = |value: &Value| match value {
        Value::Int(value) => KeyHash::of(value).task(tasks).0,
        Value::Text(text) => KeyHash::of(text).task(tasks).0,
    };
    let world = World { tasks, home: &home, flaw, steps_max: usize::MAX, text_max: usize::MAX };
    let mut effects = interpret(program, inputs, &world).expect("there are no bounds");
    // How that is kept is seen by what is read of it.
    effects.kept.clear();
    effects
}

/// Effects as far as the language promises them: what moved has no order, and where a shuffle leads is not said.
fn promised(effects: Effects, program: &Program, shuffled: bool) -> Effects {
    let mut seen: BTreeMap<Place, Vec<Seen>> = BTreeMap::new();
    for ((task, seq), list) in effects.seen {
        let task = task.filter(|_| !shuffled);
        seen.entry((task, seq)).or_default().extend(list);
    }
    if !program.local {
        seen.values_mut().for_each(|list| list.sort());
    }
    Effects { seen, ..effects }
}

/// What is wrong with a result, in words.
fn difference(program: &Program, expected: Effects, actual: Effects) -> Option<String> {
    let shuffled = expected.seen.keys().any(|(task, _)| task.is_none());
    let expected = promised(expected, program, shuffled);
    let actual = promised(actual, program, shuffled);
    let mut lines = Vec::new();
    let empty = Vec::new();
    let places = expected.seen.keys().chain(actual.seen.keys());
    let places: BTreeSet<_> = places.collect();
    for place in places {
        let wanted = expected.seen.get(place).unwrap_or(&empty);
        let found = actual.seen.get(place).unwrap_or(&empty);
        if wanted != found {
            let (task, seq) = place;
            let task = task.map_or_else(|| "all tasks".to_owned(), |task| format!("task {task}"));
            lines.push(format!(
                "record {seq} on {task}:\n  expected {wanted:?}\n  found    {found:?}"
            ));
        }
    }
    if expected.counts != actual.counts {
        lines.push(format!(
            "counts:\n  expected {:?}\n  found    {:?}",
            expected.counts, actual.counts
        ));
    }
    if expected.marks != actual.marks {
        lines.push(format!(
            "marks:\n  expected {:?}\n  found    {:?}",
            expected.marks, actual.marks
        ));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn records(inputs: &[Input]) -> Vec<Record> {
    let record = |input: &Input| {
        let Input { key, seq, a, b, s } = input.clone();
        Record { key, seq, a, b, s }
    };
    inputs.iter().map(record).collect()
}

/// Everything that is needed to look into a failure.
fn report(choice: Choice, program: &Program, inputs: &[Input], tasks: u32, what: &str) -> String {
    let Choice { seed, count, .. } = choice;
    let (number, source) = (program.number, print::module(program));
    format!(
        "program {number} of seed {seed} on {tasks} tasks\n{what}\nrecords: {inputs:?}\n{source}\
         again: RAMA_PROGRAMS_SEED={seed} RAMA_PROGRAMS_COUNT={count} RAMA_PROGRAMS_ONLY={number} cargo test -p programs"
    )
}

/// The interpreter nests as deep as a program goes on: a thread of its own has room for that.
fn with_room<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let builder = std::thread::Builder::new().stack_size(256 << 20);
    std::thread::scope(|scope| {
        let thread = builder.spawn_scoped(scope, work).expect("threads can be started");
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[test]
fn programs_do_what_the_interpreter_says() {
    let choice = generated::CHOICE;
    let inputs = inputs(choice.seed);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut failures = Vec::new();
    let programs = with_room(|| programs(choice));
    for (program, runner) in programs.iter().zip(generated::runners()) {
        assert_eq!(runner.source, print::module(program), "the build made the same program");
        for tasks in [1, 2, 8] {
            let expected = with_room(|| expected(program, &inputs, tasks, Flaw::None));
            let what = match runtime.block_on((runner.run)(tasks, records(&inputs))) {
                Ok(actual) => difference(program, expected, actual),
                Err(error) => Some(format!("failed: {error}")),
            };
            failures.extend(what.map(|what| report(choice, program, &inputs, tasks, &what)));
        }
    }
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn programs_do_the_same_when_power_goes_away_again_and_again() {
    let choice = generated::CHOICE;
    let inputs = inputs(choice.seed);
    let programs = with_room(|| programs(choice));
    let mut failures = Vec::new();
    for (program, runner) in programs.iter().zip(generated::runners()) {
        for (tasks, seed) in [(1, 1), (2, 2), (8, 3)] {
            let expected = with_room(|| expected(program, &inputs, tasks, Flaw::None));
            let actual = (runner.run_through_crashes)(seed, tasks, &records(&inputs));
            let what = difference(program, expected, actual);
            failures.extend(what.map(|what| report(choice, program, &inputs, tasks, &what)));
        }
    }
    assert!(failures.is_empty(), "{} failures\n\n{}", failures.len(), failures.join("\n\n"));
}

/// The programs of the default seed, whatever the environment says.
fn usual() -> (Vec<Program>, Vec<Input>) {
    let choice = settings::choice(|_| None);
    (programs(choice), inputs(choice.seed))
}

#[test]
fn every_construct_occurs_also_inside_of_others() {
    let (programs, _) = with_room(usual);
    let found = coverage(&programs);
    let missing: Vec<_> = WANTED.iter().filter(|name| !found.contains_key(**name)).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} are not in the programs of the default seed: {found:#?}"
    );
}

#[test]
fn a_flaw_of_either_side_would_be_noticed() {
    let (programs, inputs) = with_room(usual);
    let mut noticed = BTreeSet::new();
    for flaw in Flaw::ALL {
        let differs = |program: &&Program| {
            let right = expected(program, &inputs, 8, Flaw::None);
            difference(program, right, expected(program, &inputs, 8, flaw)).is_some()
        };
        let found: Vec<usize> =
            with_room(|| programs.iter().filter(differs).map(|program| program.number).collect());
        assert!(found.len() >= 3, "{flaw:?} is noticed by {found:?} only");
        noticed.extend(found);
    }
    assert!(noticed.len() * 10 >= programs.len() * 9, "only {noticed:?} notice anything");
}
