//! From a value and a diff to the next value.

use super::Diff;
use crate::dynamic::Data;

/// A diff that is not of this value, or that does not say what changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the diff does not apply to this value: read the value again")]
pub struct DoesNotApply;

impl Diff {
    /// Does to a value what happened to another one like it. After an error the value may be changed in part.
    ///
    /// # Errors
    /// [`DoesNotApply`], also for [`Diff::Unknown`] and for the ends of a subscription.
    pub fn apply(&self, value: &mut Data) -> Result<(), DoesNotApply> {
        match self {
            Self::NewValue(new) | Self::Resync(new) => *value = new.clone(),
            Self::Unknown | Self::Destroyed | Self::UngracefulTermination => {
                return Err(DoesNotApply);
            }
            Self::Multi(steps) => steps.iter().try_for_each(|step| step.apply(value))?,
            Self::Key(..)
            | Self::Keys(_)
            | Self::KeyRemove(_)
            | Self::KeysRemove(_)
            | Self::KeyChange { .. } => self.apply_to_map(value)?,
            Self::SetAdd(_)
            | Self::SetRemove(_)
            | Self::MultiSetAdd(_)
            | Self::MultiSetRemove(_) => self.apply_to_set(value)?,
            Self::Append(_)
            | Self::IndexChange(..)
            | Self::IndexChanges(_)
            | Self::IndexRemove { .. }
            | Self::Insert { .. }
            | Self::Inserts(_)
            | Self::Reorder { .. }
            | Self::SequenceChange { .. } => self.apply_to_list(value)?,
        }
        Ok(())
    }

    fn apply_to_map(&self, value: &mut Data) -> Result<(), DoesNotApply> {
        if *value == Data::Null {
            *value = Data::Map(std::collections::BTreeMap::new());
        }
        let Data::Map(map) = value else { return Err(DoesNotApply) };
        let mut step =
            |key: &Data, step: &Self| step.apply(map.entry(key.clone()).or_insert(Data::Null));
        match self {
            Self::Key(key, inner) => step(key, inner)?,
            Self::Keys(all) => all.iter().try_for_each(|(key, inner)| step(key, inner))?,
            Self::KeyRemove(key) => {
                map.remove(key).ok_or(DoesNotApply)?;
            }
            Self::KeysRemove(keys) => keys.iter().for_each(|key| {
                map.remove(key);
            }),
            Self::KeyChange { from, to } => {
                let moved = map.remove(from).ok_or(DoesNotApply)?;
                map.insert(to.clone(), moved);
            }
            _ => return Err(DoesNotApply),
        }
        Ok(())
    }

    fn apply_to_set(&self, value: &mut Data) -> Result<(), DoesNotApply> {
        if *value == Data::Null {
            *value = Data::Set(std::collections::BTreeSet::new());
        }
        let Data::Set(set) = value else { return Err(DoesNotApply) };
        match self {
            Self::SetAdd(element) => drop(set.insert(element.clone())),
            Self::SetRemove(element) => drop(set.remove(element)),
            Self::MultiSetAdd(elements) => set.extend(elements.iter().cloned()),
            Self::MultiSetRemove(elements) => set.retain(|element| !elements.contains(element)),
            _ => return Err(DoesNotApply),
        }
        Ok(())
    }

    fn apply_to_list(&self, value: &mut Data) -> Result<(), DoesNotApply> {
        if *value == Data::Null {
            *value = Data::List(Vec::new());
        }
        let Data::List(list) = value else { return Err(DoesNotApply) };
        match self {
            Self::Append(values) => list.extend(values.iter().cloned()),
            Self::IndexChange(index, step) => {
                step.apply(list.get_mut(*index).ok_or(DoesNotApply)?)?;
            }
            Self::IndexChanges(all) => {
                for (index, step) in all {
                    step.apply(list.get_mut(*index).ok_or(DoesNotApply)?)?;
                }
            }
            Self::IndexRemove { index, count } => {
                let end = index + count;
                list.get(*index..end).ok_or(DoesNotApply)?;
                list.drain(*index..end);
            }
            Self::Insert { index, values } => insert(list, *index, values)?,
            Self::Inserts(all) => {
                all.iter().try_for_each(|(index, values)| insert(list, *index, values))?;
            }
            Self::Reorder { from, to } if (*from).max(*to) < list.len() => {
                let moved = list.remove(*from);
                list.insert(*to, moved);
            }
            Self::SequenceChange { index, values } if *index <= list.len() => {
                list.truncate(*index);
                list.extend(values.iter().cloned());
            }
            _ => return Err(DoesNotApply),
        }
        Ok(())
    }
}

fn insert(list: &mut Vec<Data>, index: usize, values: &[Data]) -> Result<(), DoesNotApply> {
    if index > list.len() {
        return Err(DoesNotApply);
    }
    list.splice(index..index, values.iter().cloned());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::compare;
    use proptest::collection::{btree_map, btree_set, vec};
    use proptest::prelude::*;

    /// Few values, so that parts of two of them are equal.
    fn data() -> impl Strategy<Value = Data> {
        let leaf = (0..3_i128).prop_map(Data::Int);
        leaf.prop_recursive(3, 24, 5, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..5).prop_map(Data::List),
                btree_set(inner.clone(), 0..4).prop_map(Data::Set),
                btree_map((0..4_i128).prop_map(Data::Int), inner, 0..4).prop_map(Data::Map),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_diff_leads_from_one_value_to_the_other(before in data(), after in data()) {
            let mut value = before.clone();
            if let Some(diff) = compare(&before, &after) {
                prop_assert_eq!(diff.apply(&mut value), Ok(()), "{:?}", diff);
            }
            prop_assert_eq!(value, after);
        }
    }

    fn list(numbers: &[i128]) -> Data {
        Data::List(numbers.iter().copied().map(Data::Int).collect())
    }

    fn map(entries: &[(i128, i128)]) -> Data {
        Data::Map(entries.iter().map(|(k, v)| (Data::Int(*k), Data::Int(*v))).collect())
    }

    #[test]
    fn a_diff_is_as_fine_as_the_change() {
        let (int, boxed) = (Data::Int, |diff| Box::new(diff));
        let cases = [
            (map(&[(1, 1)]), map(&[(1, 2)]), Diff::NewValue(int(2)).under(int(1))),
            (map(&[(1, 1)]), map(&[]), Diff::KeyRemove(int(1))),
            (map(&[(1, 5)]), map(&[(2, 5)]), Diff::KeyChange { from: int(1), to: int(2) }),
            (list(&[1]), list(&[1, 2]), Diff::Append(vec![int(2)])),
            (list(&[1, 3]), list(&[1, 2, 3]), Diff::Insert { index: 1, values: vec![int(2)] }),
            (list(&[1, 2, 3]), list(&[1, 3]), Diff::IndexRemove { index: 1, count: 1 }),
            (list(&[1, 2]), list(&[1, 9]), Diff::IndexChange(1, boxed(Diff::NewValue(int(9))))),
            (list(&[1, 2, 3]), list(&[2, 3, 1]), Diff::Reorder { from: 0, to: 2 }),
            (list(&[1, 2, 3]), list(&[3, 1, 2]), Diff::Reorder { from: 2, to: 0 }),
            (
                list(&[1, 2, 3]),
                list(&[1, 8, 9, 7]),
                Diff::SequenceChange { index: 1, values: vec![int(8), int(9), int(7)] },
            ),
        ];
        for (before, after, expected) in cases {
            assert_eq!(compare(&before, &after), Some(expected));
        }
    }

    #[test]
    fn a_diff_of_another_value_is_refused() {
        let mut number = Data::Int(1);
        assert_eq!(Diff::SetAdd(Data::Int(1)).apply(&mut number), Err(DoesNotApply));
        assert_eq!(Diff::Unknown.apply(&mut number), Err(DoesNotApply));
        let mut short = list(&[1]);
        let far = Diff::IndexRemove { index: 1, count: 3 };
        assert_eq!(far.apply(&mut short), Err(DoesNotApply));
    }
}
