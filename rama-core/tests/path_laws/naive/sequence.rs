//! Writing to lists, sets and parts of collections.

use super::edit::{Edited, Fate, Rest};
use super::places::{elements, list, map, pair, part_of_map, part_of_set, runs, set};
use super::select::holder;
use super::{Nav, Value, Wrong};
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) fn edit_list(nav: &Nav, here: &Value, rest: &mut Rest<'_>) -> Edited {
    let list = list(here)?;
    let count = list.len();
    match nav {
        Nav::All if *here == Value::Nil => Ok(Fate::Kept),
        Nav::All => edit_each(list, rest),
        Nav::Nth(index) if *index >= count => Err(format!("no element {index} in {here:?}")),
        Nav::Must(Value::Int(index)) => match usize::try_from(*index) {
            Ok(index) if index < count => edit_at(list, index, rest),
            _ => Ok(Fate::Kept),
        },
        Nav::Index(index) | Nav::Part(index) | Nav::Nth(index) if *index < count => {
            edit_at(list, *index, rest)
        }
        Nav::Index(index) | Nav::Part(index) => match rest(None)? {
            Fate::Becomes(_) if *index > count => Err(format!("no place {index} in {here:?}")),
            // A tuple comes whole or not at all.
            Fate::Becomes(_) if *here == Value::Nil && matches!(nav, Nav::Part(_)) => {
                Err(format!("no part {index} of nothing"))
            }
            fate => Ok(inserted(list, count, fate)),
        },
        Nav::First | Nav::Last if count == 0 => Ok(Fate::Kept),
        Nav::First => edit_at(list, 0, rest),
        Nav::Last => edit_at(list, count - 1, rest),
        Nav::Beginning => Ok(spliced(&list, 0..0, rest)?.map_or(Fate::Kept, becomes)),
        Nav::End => Ok(spliced(&list, count..count, rest)?.map_or(Fate::Kept, becomes)),
        Nav::BeforeElem => rest(None).map(|fate| inserted(list, 0, fate)),
        Nav::AfterElem => rest(None).map(|fate| inserted(list, count, fate)),
        Nav::BeforeIndex(index) if *index > count => Err(format!("no place {index} in {here:?}")),
        Nav::BeforeIndex(index) => rest(None).map(|fate| inserted(list, *index, fate)),
        Nav::Srange(start, end) if start > end || *end > count => {
            Err(format!("no elements {start} to {end} in {here:?}"))
        }
        Nav::Srange(start, end) => {
            Ok(spliced(&list, *start..*end, rest)?.map_or(Fate::Kept, becomes))
        }
        Nav::Runs(call) => {
            let (mut list, mut changed) = (list, false);
            for (start, end) in runs(here, |value| call.accepts(value))?.into_iter().rev() {
                if let Some(after) = spliced(&list, start..end, rest)? {
                    (list, changed) = (after, true);
                }
            }
            Ok(if changed { becomes(list) } else { Fate::Kept })
        }
        Nav::IndexNav(index) if *index >= count => Ok(Fate::Kept),
        Nav::IndexNav(index) => match rest(Some(&Value::count(*index)))? {
            Fate::Kept => Ok(Fate::Kept),
            Fate::Becomes(to) => Ok(becomes(moved(list, *index, &to, 0)?)),
            Fate::Gone(_) => Err("an index cannot be removed".to_owned()),
        },
        Nav::IndexedVals(start) => edit_indexed(list, *start, rest),
        Nav::UpsertBy(path, wanted) => match holder(&list, path, wanted)? {
            Some(index) => edit_at(list, index, rest),
            None => rest(None).map(|fate| inserted(list, count, fate)),
        },
        other => Err(format!("{other:?} cannot write to {here:?}")),
    }
}

fn becomes(list: Vec<Value>) -> Fate {
    Fate::Becomes(Value::List(list))
}

fn inserted(mut list: Vec<Value>, index: usize, fate: Fate) -> Fate {
    match fate {
        Fate::Becomes(value) => {
            list.insert(index, value);
            becomes(list)
        }
        Fate::Kept | Fate::Gone(_) => Fate::Kept,
    }
}

fn edit_at(mut list: Vec<Value>, index: usize, rest: &mut Rest<'_>) -> Edited {
    match rest(Some(&list[index]))? {
        Fate::Kept => return Ok(Fate::Kept),
        Fate::Becomes(value) => list[index] = value,
        Fate::Gone(_) => _ = list.remove(index),
    }
    Ok(becomes(list))
}

fn edit_each(list: Vec<Value>, rest: &mut Rest<'_>) -> Edited {
    let (mut after, mut changed) = (vec![], false);
    for element in list {
        match rest(Some(&element))? {
            Fate::Kept => after.push(element),
            Fate::Becomes(element) => {
                after.push(element);
                changed = true;
            }
            Fate::Gone(_) => changed = true,
        }
    }
    Ok(if changed { becomes(after) } else { Fate::Kept })
}

/// The list with some elements replaced by what becomes of them as one list, where they change.
fn spliced(
    list: &[Value],
    range: Range<usize>,
    rest: &mut Rest<'_>,
) -> Result<Option<Vec<Value>>, Wrong> {
    let part = Value::List(list[range.clone()].to_vec());
    match rest(Some(&part))? {
        Fate::Kept => Ok(None),
        Fate::Becomes(new) if new == part => Ok(None),
        Fate::Becomes(new) => {
            Ok(Some([&list[..range.start], &elements(&new)?, &list[range.end..]].concat()))
        }
        Fate::Gone(_) => Err("a part of a list cannot be removed".to_owned()),
    }
}

/// The list with one element moved, to an index that is counted from `start`.
fn moved(mut list: Vec<Value>, from: usize, to: &Value, start: usize) -> Result<Vec<Value>, Wrong> {
    let place = (0..list.len()).find(|place| Value::count(start + place) == *to);
    let place = place.ok_or_else(|| format!("no index {to:?} in {list:?}"))?;
    let element = list.remove(from);
    list.insert(place, element);
    Ok(list)
}

/// Every element with its index as it is when it is come to: the elements are told apart by the index they had.
fn edit_indexed(list: Vec<Value>, start: usize, rest: &mut Rest<'_>) -> Edited {
    let mut now: Vec<(usize, Value)> = list.into_iter().enumerate().collect();
    let mut changed = false;
    for id in 0..now.len() {
        let at = now.iter().position(|(one, _)| *one == id).expect("it was not come to");
        let index = Value::count(start + at);
        match rest(Some(&pair(index, now[at].1.clone())))? {
            Fate::Kept => continue,
            Fate::Gone(_) => _ = now.remove(at),
            Fate::Becomes(Value::List(new)) if new.len() == 2 => {
                now[at].1 = new[1].clone();
                let to = (0..now.len()).find(|to| Value::count(start + to) == new[0]);
                let to = to.ok_or_else(|| format!("no index {:?}", new[0]))?;
                let one = now.remove(at);
                now.insert(to, one);
            }
            Fate::Becomes(other) => return Err(format!("{other:?} is no indexed element")),
        }
        changed = true;
    }
    let list = now.into_iter().map(|(_, value)| value).collect();
    Ok(if changed { becomes(list) } else { Fate::Kept })
}

pub(super) fn edit_set(nav: &Nav, here: &Value, rest: &mut Rest<'_>) -> Edited {
    let set = set(here)?;
    let wanted: Vec<Value> = match nav {
        Nav::All => set.iter().cloned().collect(),
        Nav::First => set.first().cloned().into_iter().collect(),
        Nav::Last => set.last().cloned().into_iter().collect(),
        Nav::SetElem(element) => set.get(element).cloned().into_iter().collect(),
        _ => {
            let mut after = set;
            return Ok(match rest(None)? {
                Fate::Becomes(element) if after.insert(element.clone()) => {
                    Fate::Becomes(Value::Set(after))
                }
                _ => Fate::Kept,
            });
        }
    };
    let (mut after, mut new) = (set, BTreeSet::new());
    let mut changed = false;
    for element in wanted {
        let fate = rest(Some(&element))?;
        changed |= fate != Fate::Kept;
        match fate {
            Fate::Kept => _ = new.insert(element.clone()),
            Fate::Becomes(element) => _ = new.insert(element),
            Fate::Gone(_) => {}
        }
        after.remove(&element);
    }
    after.extend(new);
    Ok(if changed { Fate::Becomes(Value::Set(after)) } else { Fate::Kept })
}

/// What is written in place of a part of a collection replaces it; the part given back changes nothing.
pub(super) fn edit_part(nav: &Nav, here: &Value, rest: &mut Rest<'_>) -> Edited {
    let of_map = matches!(nav, Nav::Submap(_) | Nav::MapRange(_));
    let part = if of_map {
        Value::Map(part_of_map(nav, here)?)
    } else {
        Value::Set(part_of_set(nav, here)?)
    };
    let new = match rest(Some(&part))? {
        Fate::Kept => return Ok(Fate::Kept),
        Fate::Gone(_) => return Err("a part of a collection cannot be removed".to_owned()),
        Fate::Becomes(new) if new == part => return Ok(Fate::Kept),
        Fate::Becomes(new) => new,
    };
    if of_map {
        let (mut after, old) = (map(here)?, map(&part)?);
        after.retain(|key, _| !old.contains_key(key));
        after.extend(map(&new)?);
        return Ok(Fate::Becomes(Value::Map(after)));
    }
    let (mut after, old) = (set(here)?, set(&part)?);
    after.retain(|element| !old.contains(element));
    after.extend(elements(&new)?);
    Ok(Fate::Becomes(Value::Set(after)))
}
