//! Writing to elements of lists, sets and maps that are values.

use super::maps::retain_entries;
use super::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::with;
use std::collections::{BTreeMap, BTreeSet};

impl Writer<'_> {
    pub(super) fn elements(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        match (&step.nav, data) {
            (Nav::NoneElem, data) => self.none_elem(step, data, rest),
            (_, Data::Null) => Ok(Edit::Kept),
            (Nav::All, Data::List(list)) => {
                retain(list, |_, element| rest.go(self, Spot::Data(element, true)))
            }
            (Nav::All, Data::Set(set)) => self.all_of_set(set, rest),
            (Nav::All, Data::Map(map)) => self.all_of_map(step, map, rest),
            (Nav::KeyedVals, Data::List(list)) => retain(list, |index, element| {
                let vals = with(rest.vals, Data::count(index));
                rest.go_with(self, Spot::Data(element, true), &vals)
            }),
            (Nav::KeyedVals, Data::Map(map)) => retain_entries(map, |key, value| {
                let vals = with(rest.vals, key.clone());
                rest.go_with(self, Spot::Data(value, true), &vals)
            }),
            (Nav::First | Nav::Last, Data::List(list)) => {
                let first = matches!(step.nav, Nav::First);
                let index = if first { 0 } else { list.len().wrapping_sub(1) };
                let Some(element) = list.get_mut(index) else { return Ok(Edit::Kept) };
                let edit = rest.go(self, Spot::Data(element, true))?;
                if edit == Edit::Removed {
                    list.remove(index);
                    return Ok(Edit::Changed);
                }
                Ok(edit)
            }
            (Nav::First, Data::Set(set)) => {
                let element = set.first().cloned();
                element.map_or(Ok(Edit::Kept), |element| self.set_elem(set, &element, rest))
            }
            (Nav::Last, Data::Set(set)) => {
                let element = set.last().cloned();
                element.map_or(Ok(Edit::Kept), |element| self.set_elem(set, &element, rest))
            }
            (Nav::SetElem(element), Data::Set(set)) => self.set_elem(set, element, rest),
            (Nav::SetElem(element), Data::List(list)) => self.list_elem(list, element, rest),
            (Nav::All, other) => Err(step.needs("a list, a set or a map", other.kind())),
            (Nav::KeyedVals, other) => Err(step.needs("a map or a list", other.kind())),
            (Nav::SetElem(_), other) => Err(step.needs("a set", other.kind())),
            (_, other) => Err(step.needs("a list", other.kind())),
        }
    }

    fn all_of_set(&mut self, set: &mut BTreeSet<Data>, rest: &mut Rest<'_>) -> Edited {
        let mut edit = Edit::Kept;
        for mut element in std::mem::take(set) {
            let one = rest.go(self, Spot::Data(&mut element, true))?;
            if one != Edit::Kept {
                edit = Edit::Changed;
            }
            if one != Edit::Removed {
                set.insert(element);
            }
        }
        Ok(edit)
    }

    fn all_of_map(
        &mut self,
        step: &Step,
        map: &mut BTreeMap<Data, Data>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let mut edit = Edit::Kept;
        for (key, value) in std::mem::take(map) {
            let mut pair = Data::List(vec![key, value]);
            let one = rest.go(self, Spot::Data(&mut pair, true))?;
            if one != Edit::Kept {
                edit = Edit::Changed;
            }
            if one == Edit::Removed {
                continue;
            }
            if let Some((key, value)) = entry_of(step, pair)? {
                map.insert(key, value);
            }
        }
        Ok(edit)
    }

    pub(super) fn set_elem(
        &mut self,
        set: &mut BTreeSet<Data>,
        element: &Data,
        rest: &mut Rest<'_>,
    ) -> Edited {
        if !set.contains(element) {
            return Ok(Edit::Kept);
        }
        let mut edited = element.clone();
        match rest.go(self, Spot::Data(&mut edited, true))? {
            Edit::Kept => return Ok(Edit::Kept),
            Edit::Removed => _ = set.remove(element),
            Edit::Changed => {
                set.remove(element);
                set.insert(edited);
            }
        }
        Ok(Edit::Changed)
    }

    /// A list that stands for a set, as in JSON: each element is in it once.
    fn list_elem(&mut self, list: &mut Vec<Data>, element: &Data, rest: &mut Rest<'_>) -> Edited {
        let Some(index) = list.iter().position(|one| one == element) else {
            return Ok(Edit::Kept);
        };
        let mut edited = element.clone();
        match rest.go(self, Spot::Data(&mut edited, true))? {
            Edit::Kept => return Ok(Edit::Kept),
            Edit::Changed if edited == *element || !list.contains(&edited) => list[index] = edited,
            Edit::Changed | Edit::Removed => _ = list.remove(index),
        }
        Ok(Edit::Changed)
    }

    fn none_elem(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        if !matches!(data, Data::Null | Data::Set(_) | Data::List(_)) {
            return Err(step.needs("a set", data.kind()));
        }
        let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
        let is_new = match data {
            Data::Set(set) => set.insert(fresh),
            Data::List(list) => {
                let is_new = !list.contains(&fresh);
                if is_new {
                    list.push(fresh);
                }
                is_new
            }
            _ => {
                *data = Data::Set(BTreeSet::from([fresh]));
                true
            }
        };
        Ok(if is_new { Edit::Changed } else { Edit::Kept })
    }
}

/// The entry that `[key, value]` stands for; one that lost a half is gone.
pub(super) fn entry_of(step: &Step, pair: Data) -> Result<Option<(Data, Data)>, DynamicError> {
    let wrong = |kind: &str| {
        step.error(format!("an entry of a map stays [key, value], and {kind} is to be written"))
    };
    let Data::List(pair) = pair else { return Err(wrong(pair.kind())) };
    if pair.len() < 2 {
        return Ok(None);
    }
    let entry = <[Data; 2]>::try_from(pair).map_err(|_| wrong("a longer list"))?;
    let [key, value] = entry;
    Ok(Some((key, value)))
}

/// Edits every element; those that are removed go.
fn retain(list: &mut Vec<Data>, mut edit: impl FnMut(usize, &mut Data) -> Edited) -> Edited {
    let mut total = Ok(Edit::Kept);
    let mut index = 0;
    list.retain_mut(|element| {
        if total.is_err() {
            return true;
        }
        let one = edit(index, element);
        index += 1;
        match one {
            Ok(Edit::Kept) => true,
            Ok(one) => {
                total = Ok(Edit::Changed);
                one != Edit::Removed
            }
            Err(error) => {
                total = Err(error);
                true
            }
        }
    });
    total
}
