//! Writing to keys and values of maps that are values.

use super::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Made, Nav, Step};
use crate::dynamic::select::{check_key, index};
use std::collections::BTreeMap;

impl Writer<'_> {
    pub(super) fn map(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        if let Nav::Key { key, must, made } = &step.nav {
            return match data {
                Data::Map(map) => self.key(step, map, key, *must, rest),
                Data::List(list) => {
                    let index = index(step, &Data::List(Vec::new()), key)?;
                    self.index_key(step, list, index, *must, rest)
                }
                Data::Null if *must => Ok(Edit::Kept),
                Data::Null => {
                    let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
                    *data = made_of(step, *made, key, fresh)?;
                    Ok(Edit::Changed)
                }
                Data::Set(_) => Err(step.error(
                    "needs a map or a list, and a set stands here: an element of a set is found by set_elem",
                )),
                other => Err(step.needs("a map or a list", other.kind())),
            };
        }
        let map = match data {
            Data::Null => return Ok(Edit::Kept),
            Data::Map(map) => map,
            other => return Err(step.needs("a map", other.kind())),
        };
        match &step.nav {
            Nav::MapKey(key) => self.rename(step, map, key, rest),
            Nav::MapVals => retain_entries(map, |_, value| rest.go(self, Spot::Data(value, true))),
            // MAP_KEYS. Of equal keys the last one stays.
            _ => {
                let mut edit = Edit::Kept;
                for (mut key, value) in std::mem::take(map) {
                    let one = rest.go(self, Spot::Data(&mut key, true))?;
                    if one != Edit::Kept {
                        edit = Edit::Changed;
                    }
                    if one != Edit::Removed {
                        map.insert(key, value);
                    }
                }
                Ok(edit)
            }
        }
    }

    fn key(
        &mut self,
        step: &Step,
        map: &mut BTreeMap<Data, Data>,
        key: &Data,
        must: bool,
        rest: &mut Rest<'_>,
    ) -> Edited {
        check_key(step, map, key)?;
        if let Some(value) = map.get_mut(key) {
            let edit = rest.go(self, Spot::Data(value, true))?;
            if edit == Edit::Removed {
                map.remove(key);
                return Ok(Edit::Changed);
            }
            return Ok(edit);
        }
        if must {
            return Ok(Edit::Kept);
        }
        let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
        map.insert(key.clone(), fresh);
        Ok(Edit::Changed)
    }

    /// Behind the last element there is one place more, where writing appends.
    fn index_key(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        index: usize,
        must: bool,
        rest: &mut Rest<'_>,
    ) -> Edited {
        if let Some(element) = list.get_mut(index) {
            let edit = rest.go(self, Spot::Data(element, true))?;
            if edit == Edit::Removed {
                list.remove(index);
                return Ok(Edit::Changed);
            }
            return Ok(edit);
        }
        if must {
            return Ok(Edit::Kept);
        }
        let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
        if index > list.len() {
            return Err(beyond_end(step, index, list.len()));
        }
        list.push(fresh);
        Ok(Edit::Changed)
    }

    fn rename(
        &mut self,
        step: &Step,
        map: &mut BTreeMap<Data, Data>,
        key: &Data,
        rest: &mut Rest<'_>,
    ) -> Edited {
        check_key(step, map, key)?;
        if !map.contains_key(key) {
            return Ok(Edit::Kept);
        }
        let mut name = key.clone();
        match rest.go(self, Spot::Data(&mut name, true))? {
            Edit::Kept => return Ok(Edit::Kept),
            Edit::Removed => _ = map.remove(key),
            Edit::Changed => {
                if let Some(value) = map.remove(key) {
                    map.insert(name, value);
                }
            }
        }
        Ok(Edit::Changed)
    }
}

/// The collection that is made where none is.
fn made_of(step: &Step, made: Made, key: &Data, fresh: Data) -> Result<Data, DynamicError> {
    match (made, key) {
        (Made::Map, _) => Ok(Data::Map(BTreeMap::from([(key.clone(), fresh)]))),
        (Made::List, Data::Int(0)) => Ok(Data::List(vec![fresh])),
        (Made::List, _) => Err(beyond_end(step, index(step, &Data::Null, key)?, 0)),
        (Made::Nothing, _) => Err(step.error(
            "nothing stands here, and what belongs here has a fixed number of elements: write all of them at once",
        )),
        (Made::Unclear, _) => {
            let key = key.plain_text();
            Err(step.error(format!(
                "nothing stands here: write \"{key}\" for the key of a new object, or insert [\"NIL_TO_LIST\"] \
                 in front for a new list"
            )))
        }
    }
}

pub(super) fn beyond_end(step: &Step, index: usize, count: usize) -> DynamicError {
    step.error(format!(
        "there is no element {index} in a list of {count}, and only the place {count} is free"
    ))
}

/// Edits every value; those that are removed go with their keys.
pub(super) fn retain_entries(
    map: &mut BTreeMap<Data, Data>,
    mut edit: impl FnMut(&Data, &mut Data) -> Edited,
) -> Edited {
    let mut total = Ok(Edit::Kept);
    map.retain(|key, value| {
        if total.is_err() {
            return true;
        }
        match edit(key, value) {
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
