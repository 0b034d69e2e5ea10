//! From two values to the steps between them.

use super::Diff;
use crate::dynamic::Data;
use std::collections::{BTreeMap, BTreeSet};

/// What changed between two values; `None` when nothing did.
///
/// ```
/// use rama_core::diff::{Diff, compare};
/// use rama_core::dynamic::Data;
/// let list = |numbers: &[i128]| Data::List(numbers.iter().copied().map(Data::Int).collect());
/// assert_eq!(compare(&list(&[1, 2]), &list(&[1, 2, 3])), Some(Diff::Append(vec![Data::Int(3)])));
/// assert_eq!(compare(&list(&[1, 2]), &list(&[2])), Some(Diff::IndexRemove { index: 0, count: 1 }));
/// assert_eq!(compare(&list(&[1]), &list(&[1])), None);
/// ```
#[must_use]
pub fn compare(before: &Data, after: &Data) -> Option<Diff> {
    if before == after {
        return None;
    }
    match (before, after) {
        (Data::Map(before), Data::Map(after)) => compare_maps(before, after),
        (Data::Set(before), Data::Set(after)) => compare_sets(before, after),
        (Data::List(before), Data::List(after)) => Some(compare_lists(before, after)),
        (_, after) => Some(Diff::NewValue(after.clone())),
    }
}

fn compare_maps(before: &BTreeMap<Data, Data>, after: &BTreeMap<Data, Data>) -> Option<Diff> {
    let removed: Vec<_> = before.iter().filter(|(key, _)| !after.contains_key(key)).collect();
    let added: Vec<_> = after.iter().filter(|(key, _)| !before.contains_key(key)).collect();
    let mut steps = Vec::new();
    match (removed.as_slice(), added.as_slice()) {
        ([(from, old)], [(to, new)]) if old == new => {
            steps.push(Diff::KeyChange { from: (*from).clone(), to: (*to).clone() });
        }
        (removed, added) => {
            let gone = removed.iter().map(|(key, _)| (*key).clone()).collect();
            steps.extend(one_or_many(gone, Diff::KeyRemove, Diff::KeysRemove));
            let set =
                |(key, value): &(&Data, &Data)| ((*key).clone(), Diff::NewValue((*value).clone()));
            steps.extend(keys(added.iter().map(set).collect()));
        }
    }
    let changed = before.iter().filter_map(|(key, old)| {
        let step = compare(old, after.get(key)?)?;
        Some((key.clone(), step))
    });
    steps.extend(keys(changed.collect()));
    Diff::of(steps)
}

fn keys(changes: Vec<(Data, Diff)>) -> Option<Diff> {
    one_or_many(changes, |(key, step)| step.under(key), Diff::Keys)
}

fn compare_sets(before: &BTreeSet<Data>, after: &BTreeSet<Data>) -> Option<Diff> {
    let gone = before.difference(after).cloned().collect();
    let come = after.difference(before).cloned().collect();
    let mut steps = Vec::new();
    steps.extend(one_or_many(gone, Diff::SetRemove, Diff::MultiSetRemove));
    steps.extend(one_or_many(come, Diff::SetAdd, Diff::MultiSetAdd));
    Diff::of(steps)
}

/// The two lists differ.
fn compare_lists(before: &[Data], after: &[Data]) -> Diff {
    let shorter = before.len().min(after.len());
    let same = |pair: &(&Data, &Data)| pair.0 == pair.1;
    let head = before.iter().zip(after).take_while(same).count();
    let tail = before.iter().rev().zip(after.iter().rev()).take_while(same).count();
    let tail = tail.min(shorter - head);
    let (gone, come) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    if gone.is_empty() {
        let values = come.to_vec();
        return if tail == 0 { Diff::Append(values) } else { Diff::Insert { index: head, values } };
    }
    if come.is_empty() {
        return Diff::IndexRemove { index: head, count: gone.len() };
    }
    if gone.len() != come.len() {
        return Diff::SequenceChange { index: head, values: after[head..].to_vec() };
    }
    if gone.len() > 1 && gone[0] == come[come.len() - 1] && gone[1..] == come[..come.len() - 1] {
        return Diff::Reorder { from: head, to: head + gone.len() - 1 };
    }
    if gone.len() > 1 && come[0] == gone[gone.len() - 1] && come[1..] == gone[..gone.len() - 1] {
        return Diff::Reorder { from: head + gone.len() - 1, to: head };
    }
    let changes = gone
        .iter()
        .zip(come)
        .zip(head..)
        .filter_map(|((old, new), index)| Some((index, compare(old, new)?)));
    let changed = |(index, step)| Diff::IndexChange(index, Box::new(step));
    one_or_many(changes.collect(), changed, Diff::IndexChanges).unwrap_or(Diff::Unknown)
}

fn one_or_many<T>(
    mut all: Vec<T>,
    one: impl FnOnce(T) -> Diff,
    many: impl FnOnce(Vec<T>) -> Diff,
) -> Option<Diff> {
    match all.len() {
        0 | 1 => all.pop().map(one),
        _ => Some(many(all)),
    }
}
