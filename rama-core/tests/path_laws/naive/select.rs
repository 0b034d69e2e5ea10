//! Reading: what a path finds.

use super::places::{keyed, list, places};
use super::{Nav, Step, Value, Wrong, edit};
use std::collections::{BTreeMap, BTreeSet};

/// How a search ends early.
pub(super) enum Halt {
    Enough,
    Wrong(Wrong),
}

pub(super) type Walk = Result<(), Halt>;

/// What follows a path: it gets the value and what was collected on the way to it.
pub(super) type Next<'n> = dyn FnMut(&mut Run, &Value, &[Value]) -> Walk + 'n;

/// What steps remember during one run.
#[derive(Default)]
pub(super) struct Run {
    counts: BTreeMap<usize, usize>,
    seen: BTreeMap<usize, BTreeSet<Value>>,
}

/// Everything that a path finds. What was collected stands in front of a value, in a list.
pub(crate) fn select(here: &Value, path: &[Step]) -> Result<Vec<Value>, Wrong> {
    let mut all = vec![];
    search(here, path, &[], &mut |_, value, vals| {
        all.push(result(vals, value));
        Ok(())
    })?;
    Ok(all)
}

/// The first value that a path finds: what comes later is not looked at.
pub(crate) fn first(here: &Value, path: &[Step]) -> Result<Option<Value>, Wrong> {
    let mut first = None;
    search(here, path, &[], &mut |_, value, vals| {
        first = Some(result(vals, value));
        Err(Halt::Enough)
    })?;
    Ok(first)
}

/// Whether a path finds anything.
pub(crate) fn found(here: &Value, path: &[Step], vals: &[Value]) -> Result<bool, Wrong> {
    let mut found = false;
    search(here, path, vals, &mut |_, _, _| {
        found = true;
        Err(Halt::Enough)
    })?;
    Ok(found)
}

/// Everything that a path finds, for `subselect`, which must not collect.
pub(super) fn gather(here: &Value, path: &[Step], outer: &[Value]) -> Result<Vec<Value>, Wrong> {
    let mut all = vec![];
    search(here, path, outer, &mut |_, value, vals| {
        if vals != outer {
            return Err(Halt::Wrong("the path of a subselect collects".to_owned()));
        }
        all.push(value.clone());
        Ok(())
    })?;
    Ok(all)
}

/// The first of some values in which a path finds a value.
pub(super) fn holder(
    list: &[Value],
    path: &[Step],
    wanted: &Value,
) -> Result<Option<usize>, Wrong> {
    for (index, element) in list.iter().enumerate() {
        let mut found = false;
        search(element, path, &[], &mut |_, value, _| {
            found |= value == wanted;
            if found { Err(Halt::Enough) } else { Ok(()) }
        })?;
        if found {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// A search on its own: what its steps remember is forgotten behind it.
fn search(here: &Value, path: &[Step], vals: &[Value], next: &mut Next<'_>) -> Result<(), Wrong> {
    match walk(&mut Run::default(), path, here, vals, next) {
        Ok(()) | Err(Halt::Enough) => Ok(()),
        Err(Halt::Wrong(wrong)) => Err(wrong),
    }
}

fn result(vals: &[Value], value: &Value) -> Value {
    if vals.is_empty() { value.clone() } else { Value::List(with(vals, value.clone())) }
}

pub(super) fn with(vals: &[Value], value: Value) -> Vec<Value> {
    let mut vals = vals.to_vec();
    vals.push(value);
    vals
}

impl From<Wrong> for Halt {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

fn walk(run: &mut Run, path: &[Step], here: &Value, vals: &[Value], next: &mut Next<'_>) -> Walk {
    let Some((step, path)) = path.split_first() else { return next(run, here, vals) };
    let mut rest = |run: &mut Run, here: &Value, vals: &[Value]| walk(run, path, here, vals, next);
    if let Some(passes) = passes(run, step, here, vals)? {
        return if passes { rest(run, here, vals) } else { Ok(()) };
    }
    if let Some(vals) = collect(step, here, vals)? {
        return rest(run, here, &vals);
    }
    if let Some(seen) = view(step, here, vals)? {
        return rest(run, &seen, vals);
    }
    if let Some(ways) = ways(step, here, vals)? {
        return ways.into_iter().try_for_each(|way| walk(run, way, here, vals, &mut rest));
    }
    match &step.nav {
        Nav::NilTo(default) if *here == Value::Nil => rest(run, default, vals),
        Nav::NilTo(_) | Nav::NoneTo(_) => rest(run, here, vals),
        Nav::Compact(path) => walk(run, path, here, vals, &mut rest),
        Nav::KeyedVals => keyed(here)?
            .into_iter()
            .try_for_each(|(key, value)| rest(run, &value, &with(vals, key))),
        Nav::Subselect(path) => rest(run, &Value::List(gather(here, path, vals)?), vals),
        Nav::Filterer(path) => rest(run, &Value::List(filtered(here, path, vals)?), vals),
        Nav::WithFreshCollected(path) => {
            walk(run, path, here, &[], &mut |run, here, _| rest(run, here, vals))
        }
        Nav::UpsertBy(path, wanted) => {
            let list = list(here)?;
            let found = holder(&list, path, wanted)?;
            rest(run, found.map_or(&Value::Nil, |index| &list[index]), vals)
        }
        nav => places(nav, here)?.iter().try_for_each(|place| rest(run, place, vals)),
    }
}

/// Whether the path goes on behind a step that is a filter.
pub(super) fn passes(
    run: &mut Run,
    step: &Step,
    here: &Value,
    vals: &[Value],
) -> Result<Option<bool>, Wrong> {
    Ok(Some(match &step.nav {
        Nav::Stop => false,
        Nav::Pred(call) => call.run(&[], here)?.is_true(),
        Nav::Compare(comparison, value) => comparison.holds(here, value),
        Nav::Selected(path) => found(here, path, vals)?,
        Nav::NotSelected(path) => !found(here, path, vals)?,
        Nav::IsCollected(path) => found(&Value::List(vals.to_vec()), path, &[])?,
        Nav::Take(most) => {
            let count = run.counts.entry(step.id).or_default();
            *count += 1;
            *count <= *most
        }
        Nav::Distinct => run.seen.entry(step.id).or_default().insert(here.clone()),
        _ => return Ok(None),
    }))
}

/// What is collected behind a step that collects.
pub(super) fn collect(
    step: &Step,
    here: &Value,
    vals: &[Value],
) -> Result<Option<Vec<Value>>, Wrong> {
    Ok(Some(match &step.nav {
        Nav::Val => with(vals, here.clone()),
        Nav::Putval(value) => with(vals, value.clone()),
        Nav::Dispense => vec![],
        Nav::Collect(path) => with(vals, Value::List(select(here, path)?)),
        Nav::CollectOne(path) => match <[Value; 1]>::try_from(select(here, path)?) {
            Ok([one]) => with(vals, one),
            Err(found) => return Err(format!("collect_one finds {found:?}")),
        },
        _ => return Ok(None),
    }))
}

/// What a step shows in place of what is here.
pub(super) fn view(step: &Step, here: &Value, vals: &[Value]) -> Result<Option<Value>, Wrong> {
    Ok(Some(match &step.nav {
        Nav::View(call) => call.run(&[], here)?,
        Nav::Size => match here.size() {
            Some(size) => Value::count(size),
            None => return Err(format!("{here:?} has no size")),
        },
        Nav::Transformed(path) => edit::transformed(here, path, vals)?,
        _ => return Ok(None),
    }))
}

/// The paths of a step that go on from here, in order.
pub(super) fn ways<'s>(
    step: &'s Step,
    here: &Value,
    vals: &[Value],
) -> Result<Option<Vec<&'s [Step]>>, Wrong> {
    Ok(Some(match &step.nav {
        Nav::Stay => vec![&[]],
        Nav::WithPageSize(_, path) => vec![path],
        Nav::IfPath(condition, then, other) => {
            let found = found(here, condition, vals)?;
            let way = if found { Some(then) } else { other.as_ref() };
            way.into_iter().map(Vec::as_slice).collect()
        }
        Nav::CondPath(cases) => {
            let mut way = vec![];
            for (condition, path) in cases {
                if found(here, condition, vals)? {
                    way = vec![path.as_slice()];
                    break;
                }
            }
            way
        }
        Nav::MultiPath(paths) if paths.is_empty() => vec![&[]],
        Nav::MultiPath(paths) => paths.iter().map(Vec::as_slice).collect(),
        Nav::StayThenContinue(path) => vec![&[], path],
        Nav::ContinueThenStay(path) => vec![path, &[]],
        _ => return Ok(None),
    }))
}

/// The elements in which a path finds something.
fn filtered(here: &Value, path: &[Step], vals: &[Value]) -> Result<Vec<Value>, Wrong> {
    let mut all = places(&Nav::All, here)?;
    let mut wrong = None;
    all.retain(|element| match found(element, path, vals) {
        Ok(found) => found,
        Err(error) => {
            wrong = Some(error);
            false
        }
    });
    wrong.map_or(Ok(all), Err)
}
