//! Paths: which variables their navigators move and which they clone, also in paths inside of paths.

use super::args::Moves;
use super::{Argument, Inside, Navigation, Paths};
use crate::analysis::{self, Path, Value, Vars};

/// Lowers a path whose arguments are plain expressions.
pub(crate) fn lower_path(path: &Path) -> Vec<Navigation> {
    navigations(path, &Vars::new(), &Vars::new())
}

/// Lowers a path; `live` is what is needed after it, `owned` what can be moved.
pub(super) fn navigations(path: &Path, live: &Vars, owned: &Vars) -> Vec<Navigation> {
    let mut moves = Moves::new(live, owned);
    values(path, &mut |value| moves.keep_uses(value));
    lower_steps(path, &mut moves)
}

/// From the last call to the first, because what comes later decides what may be moved.
fn lower_steps(path: &Path, moves: &mut Moves<'_>) -> Vec<Navigation> {
    let lower = |step: &analysis::Step| {
        let args = lower_arguments(&step.args, moves);
        Navigation { name: step.name.clone(), args }
    };
    let mut calls: Vec<Navigation> = path.steps.iter().rev().map(lower).collect();
    calls.reverse();
    calls
}

fn lower_arguments(args: &[analysis::Argument], moves: &mut Moves<'_>) -> Vec<Argument> {
    let mut lowered = Vec::new();
    for (at, arg) in args.iter().enumerate().rev() {
        // A closure that clones a variable borrows it until the call, so nothing beside it can move it.
        let closures = args.iter().any(|arg| matches!(arg, analysis::Argument::Inside(_)));
        let others = args.iter().enumerate().filter(|(other, _)| closures && *other != at);
        let mut beside = Vars::new();
        others.for_each(|(_, other)| argument_values(other, &mut |value| bare(value, &mut beside)));
        let outer = moves.pin(&beside);
        lowered.push(lower_argument(arg, moves));
        moves.unpin(outer);
    }
    lowered.reverse();
    lowered
}

fn lower_argument(arg: &analysis::Argument, moves: &mut Moves<'_>) -> Argument {
    match arg {
        analysis::Argument::Value(value) => Argument::Value(moves.lower(value)),
        analysis::Argument::Field(name) => Argument::Field(name.clone()),
        analysis::Argument::Again(name) => Argument::Again(name.clone()),
        analysis::Argument::Range(options) => {
            let lower = |(name, value): &(_, Value)| (Clone::clone(name), moves.lower(value));
            let mut options: Vec<_> = options.iter().rev().map(lower).collect();
            options.reverse();
            Argument::Range(options)
        }
        analysis::Argument::Inside(inside) => {
            let paths = lower_paths(&inside.paths, moves);
            Argument::Inside(Inside { span: inside.span, again: inside.again.clone(), paths })
        }
    }
}

fn lower_paths(paths: &analysis::Paths, moves: &mut Moves<'_>) -> Paths {
    match paths {
        analysis::Paths::One(path) => Paths::One(lower_steps(path, moves)),
        analysis::Paths::Tuple(paths) => {
            let mut paths: Vec<Paths> =
                paths.iter().rev().map(|one| lower_paths(one, moves)).collect();
            paths.reverse();
            Paths::Tuple(paths)
        }
    }
}

/// Calls `found` with each value in a path.
fn values<'v>(path: &'v Path, found: &mut impl FnMut(&'v Value)) {
    let args = path.steps.iter().flat_map(|step| &step.args);
    args.for_each(|arg| argument_values(arg, found));
}

fn argument_values<'v>(arg: &'v analysis::Argument, found: &mut impl FnMut(&'v Value)) {
    match arg {
        analysis::Argument::Value(value) => found(value),
        analysis::Argument::Range(options) => options.iter().for_each(|(_, value)| found(value)),
        analysis::Argument::Inside(inside) => paths_values(&inside.paths, found),
        analysis::Argument::Field(_) | analysis::Argument::Again(_) => {}
    }
}

fn paths_values<'v>(paths: &'v analysis::Paths, found: &mut impl FnMut(&'v Value)) {
    match paths {
        analysis::Paths::One(path) => values(path, found),
        analysis::Paths::Tuple(paths) => paths.iter().for_each(|one| paths_values(one, found)),
    }
}

/// The variables that stand alone in a value.
fn bare(value: &Value, variables: &mut Vars) {
    match value {
        Value::Variable(id, _) => drop(variables.insert(*id)),
        Value::Tuple(elements) => elements.iter().for_each(|element| bare(element, variables)),
        Value::Code(..) => {}
    }
}
