//! Writing: what becomes of a value when a path changes it.

use super::places::{keyed, pair};
use super::select::{Run, collect, gather, passes, view, ways, with};
use super::sequence::{edit_list, edit_part, edit_set};
use super::{Nav, Step, Value, Wrong, fit};
use std::collections::BTreeMap;

/// What becomes of a place.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    Kept,
    Becomes(Value),
    /// The `NONE` of the reference. `compact` says which empty collection was left, for the top of the data stays.
    Gone(Option<Value>),
}

pub(super) type Edited = Result<Fate, Wrong>;

/// What follows a path: it gets the place, where nothing may be, and what was collected on the way to it.
pub(super) type Change<'c> = dyn FnMut(&mut Run, Option<&Value>, &[Value]) -> Edited + 'c;

/// What the steps behind one do, with what was collected: all that most steps need of them.
pub(super) type Rest<'r> = dyn FnMut(Option<&Value>) -> Edited + 'r;

/// What a path with terminals makes of a value; `None` where it changes nothing.
pub(crate) fn transform(here: &Value, path: &[Step]) -> Result<Option<Value>, Wrong> {
    edit_top(here, path, &[])
}

/// The value that `transformed` shows.
pub(super) fn transformed(here: &Value, path: &[Step], vals: &[Value]) -> Result<Value, Wrong> {
    Ok(edit_top(here, path, vals)?.unwrap_or_else(|| here.clone()))
}

/// A value around which there is nothing, so that it cannot be removed.
fn edit_top(here: &Value, path: &[Step], vals: &[Value]) -> Result<Option<Value>, Wrong> {
    match edit(&mut Run::default(), path, Some(here), vals, &mut no_terminal)? {
        Fate::Kept => Ok(None),
        Fate::Becomes(value) | Fate::Gone(Some(value)) => Ok(Some(value)),
        Fate::Gone(None) if here.is_empty_collection() => Ok(None),
        Fate::Gone(None) => Err("there is nothing around the top".to_owned()),
    }
}

fn no_terminal(_: &mut Run, _: Option<&Value>, _: &[Value]) -> Edited {
    Err("the path has no terminal".to_owned())
}

pub(super) fn edit(
    run: &mut Run,
    path: &[Step],
    here: Option<&Value>,
    vals: &[Value],
    next: &mut Change<'_>,
) -> Edited {
    let Some((step, path)) = path.split_first() else { return next(run, here, vals) };
    let seen = here.unwrap_or(&Value::Nil);
    let mut rest =
        |run: &mut Run, here: Option<&Value>, vals: &[Value]| edit(run, path, here, vals, next);
    if let Some(passes) = passes(run, step, seen, vals)? {
        return if passes { rest(run, here, vals) } else { Ok(Fate::Kept) };
    }
    if let Some(vals) = collect(step, seen, vals)? {
        return rest(run, here, &vals);
    }
    if let Some(shown) = view(step, seen, vals)? {
        return match rest(run, Some(&shown), vals)? {
            Fate::Becomes(value) => Ok(Fate::Becomes(fitting(step, value)?)),
            Fate::Gone(_) => Ok(Fate::Gone(None)),
            Fate::Kept => Ok(Fate::Kept),
        };
    }
    if let Some(ways) = ways(step, seen, vals)? {
        return in_turn(run, &ways, here, vals, &mut rest);
    }
    match &step.nav {
        Nav::Term(call) => match here {
            Some(value) => Ok(Fate::Becomes(fitting(step, call.run(vals, value)?)?)),
            None => Err("term needs a value".to_owned()),
        },
        Nav::Termval(value) => Ok(Fate::Becomes(value.clone())),
        Nav::Remove => Ok(Fate::Gone(None)),
        Nav::NilTo(default) if *seen == Value::Nil => rest(run, Some(default), vals),
        Nav::NoneTo(default) if here.is_none() => rest(run, Some(default), vals),
        Nav::NilTo(_) | Nav::NoneTo(_) => rest(run, here, vals),
        Nav::WithFreshCollected(path) => {
            edit(run, path, here, &[], &mut |run, here, _| rest(run, here, vals))
        }
        Nav::Subselect(path) => subselect(path, here, vals, &mut |list| rest(run, list, vals)),
        Nav::Filterer(path) => {
            let path = [Step::from(Nav::All), Step::from(Nav::Selected(path.clone()))];
            subselect(&path, here, vals, &mut |list| rest(run, list, vals))
        }
        Nav::Compact(path) => compact(run, path, here, vals, &mut rest),
        Nav::KeyedVals => edit_each_keyed(seen, &mut |key, value| {
            rest(run, Some(value), &with(vals, key.clone()))
        }),
        nav => edit_collection(nav, seen, &mut |here| rest(run, here, vals)),
    }
}

/// What a function gave has to fit where it is put.
fn fitting(step: &Step, value: Value) -> Result<Value, Wrong> {
    step.here.as_ref().map_or(Ok(value.clone()), |ty| fit(ty, value.clone()))
}

/// One way after the other, each on what the one before it left.
fn in_turn(
    run: &mut Run,
    ways: &[&[Step]],
    here: Option<&Value>,
    vals: &[Value],
    rest: &mut Change<'_>,
) -> Edited {
    let (mut now, mut total) = (here.cloned(), Fate::Kept);
    for way in ways {
        match edit(run, way, now.as_ref(), vals, rest)? {
            Fate::Kept => {}
            Fate::Becomes(value) => {
                now = Some(value.clone());
                total = Fate::Becomes(value);
            }
            Fate::Gone(left) => {
                let left = left.or_else(|| now.filter(Value::is_empty_collection));
                now = None;
                total = Fate::Gone(left);
            }
        }
    }
    Ok(total)
}

/// Gathers what the path finds, and deals out what became of it in the same order.
fn subselect(path: &[Step], here: Option<&Value>, vals: &[Value], rest: &mut Rest<'_>) -> Edited {
    let list = Value::List(gather(here.unwrap_or(&Value::Nil), path, vals)?);
    let dealt = match rest(Some(&list))? {
        Fate::Kept => return Ok(Fate::Kept),
        Fate::Gone(_) => return Err("the list of subselect cannot be removed".to_owned()),
        Fate::Becomes(value) => {
            value.elements().ok_or_else(|| format!("{value:?} cannot be dealt out"))?
        }
    };
    let mut dealt = dealt.into_iter();
    edit(&mut Run::default(), path, here, vals, &mut |_, here, _| {
        Ok(match dealt.next() {
            None => Fate::Gone(None),
            Some(value) if here == Some(&value) => Fate::Kept,
            Some(value) => Fate::Becomes(value),
        })
    })
}

/// Takes each step, and then removes what is left empty in front of it.
fn compact(
    run: &mut Run,
    path: &[Step],
    here: Option<&Value>,
    vals: &[Value],
    rest: &mut Change<'_>,
) -> Edited {
    let Some((first, path)) = path.split_first() else { return rest(run, here, vals) };
    if let Nav::Stay = first.nav {
        // It is no step at all.
        return compact(run, path, here, vals, rest);
    }
    let first = std::slice::from_ref(first);
    let fate =
        edit(run, first, here, vals, &mut |run, here, vals| compact(run, path, here, vals, rest))?;
    let left = match &fate {
        Fate::Kept => here,
        Fate::Becomes(value) => Some(value),
        Fate::Gone(left) => left.as_ref(),
    };
    match left {
        Some(left) if left.is_empty_collection() => Ok(Fate::Gone(Some(left.clone()))),
        _ => Ok(fate),
    }
}

/// The steps into collections.
fn edit_collection(nav: &Nav, here: &Value, rest: &mut Rest<'_>) -> Edited {
    match (nav, here) {
        (Nav::Keypath(key), Value::Nil | Value::Map(_)) => edit_entry(here, key, rest),
        (Nav::Must(key), Value::Map(map)) if map.contains_key(key) => edit_entry(here, key, rest),
        (Nav::Must(_) | Nav::MapKey(_), Value::Nil) => Ok(Fate::Kept),
        (Nav::Keypath(Value::Int(index)), Value::List(_)) if *index >= 0 => {
            let index = usize::try_from(*index).expect("tests have small numbers");
            edit_list(&Nav::Index(index), here, rest)
        }
        (Nav::Must(Value::Int(_)), Value::List(_)) => edit_list(nav, here, rest),
        (Nav::Must(_), Value::Map(_)) => Ok(Fate::Kept),
        (Nav::MapVals | Nav::MapKeys, Value::Nil) => Ok(Fate::Kept),
        (Nav::MapVals, Value::Map(_)) => edit_each_keyed(here, &mut |_, value| rest(Some(value))),
        (Nav::MapKey(key), Value::Map(map)) => match map.get(key) {
            None => Ok(Fate::Kept),
            Some(value) => rename(map, key, value, rest),
        },
        (Nav::MapKeys, Value::Map(_)) => edit_keys(here, &mut |key| rest(Some(key))),
        (Nav::All, Value::Map(_)) => edit_pairs(here, rest),
        (Nav::Submap(_) | Nav::MapRange(_) | Nav::Subset(_) | Nav::SetRange(_), _) => {
            edit_part(nav, here, rest)
        }
        (Nav::SetElem(_) | Nav::NoneElem, _)
        | (Nav::All | Nav::First | Nav::Last, Value::Set(_)) => edit_set(nav, here, rest),
        _ => edit_list(nav, here, rest),
    }
}

/// The value at a key, which may be missing.
fn edit_entry(here: &Value, key: &Value, rest: &mut Rest<'_>) -> Edited {
    let mut map = super::places::map(here)?;
    match rest(map.get(key))? {
        Fate::Becomes(value) => _ = map.insert(key.clone(), value),
        Fate::Gone(_) if map.remove(key).is_some() => {}
        Fate::Gone(_) | Fate::Kept => return Ok(Fate::Kept),
    }
    Ok(Fate::Becomes(Value::Map(map)))
}

/// Every value of a map or list, with its key or index.
fn edit_each_keyed(here: &Value, rest: &mut dyn FnMut(&Value, &Value) -> Edited) -> Edited {
    let (mut after, mut changed) = (vec![], false);
    for (key, value) in keyed(here)? {
        let fate = rest(&key, &value)?;
        changed |= fate != Fate::Kept;
        match fate {
            Fate::Kept => after.push((key, value)),
            Fate::Becomes(value) => after.push((key, value)),
            Fate::Gone(_) => {}
        }
    }
    Ok(match here {
        _ if !changed => Fate::Kept,
        Value::Map(_) => Fate::Becomes(Value::Map(after.into_iter().collect())),
        _ => Fate::Becomes(Value::List(after.into_iter().map(|(_, value)| value).collect())),
    })
}

/// The key of an entry; one that is there already loses its value.
fn rename(map: &BTreeMap<Value, Value>, key: &Value, value: &Value, rest: &mut Rest<'_>) -> Edited {
    let mut after = map.clone();
    after.remove(key);
    match rest(Some(key))? {
        Fate::Kept => return Ok(Fate::Kept),
        Fate::Becomes(key) => _ = after.insert(key, value.clone()),
        Fate::Gone(_) => {}
    }
    Ok(Fate::Becomes(Value::Map(after)))
}

/// Every key of a map; of equal ones the last stays.
fn edit_keys(here: &Value, rest: &mut dyn FnMut(&Value) -> Edited) -> Edited {
    let (mut after, mut changed) = (BTreeMap::new(), false);
    let mut renamed = vec![];
    for (key, value) in keyed(here)? {
        let fate = rest(&key)?;
        changed |= fate != Fate::Kept;
        match fate {
            Fate::Kept => renamed.push((key, value)),
            Fate::Becomes(key) => renamed.push((key, value)),
            Fate::Gone(_) => {}
        }
    }
    after.extend(renamed);
    Ok(if changed { Fate::Becomes(Value::Map(after)) } else { Fate::Kept })
}

/// Every entry of a map as a pair; one that lost a half is gone.
fn edit_pairs(here: &Value, rest: &mut Rest<'_>) -> Edited {
    let (mut after, mut changed) = (BTreeMap::new(), false);
    for (key, value) in keyed(here)? {
        let fate = rest(Some(&pair(key.clone(), value.clone())))?;
        changed |= fate != Fate::Kept;
        match fate {
            Fate::Kept => _ = after.insert(key, value),
            Fate::Gone(_) => {}
            Fate::Becomes(Value::List(half)) if half.len() < 2 => {}
            Fate::Becomes(Value::List(pair)) if pair.len() == 2 => {
                _ = after.insert(pair[0].clone(), pair[1].clone());
            }
            Fate::Becomes(other) => return Err(format!("{other:?} is no entry")),
        }
    }
    Ok(if changed { Fate::Becomes(Value::Map(after)) } else { Fate::Kept })
}
