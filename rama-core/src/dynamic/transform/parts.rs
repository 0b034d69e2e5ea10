//! Writing to parts of maps and sets: what is written replaces the part.

use super::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::Node;
use std::collections::{BTreeMap, BTreeSet};

/// Why NONE does not do here.
pub(super) const NO_REMOVAL: &str = "a part of a collection cannot be taken out of anything: write an empty one to remove what is in it";

impl Writer<'_> {
    pub(super) fn part(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        let part = self.reader().part(step, &Node::Data(data))?;
        let Some(new) = self.edit_part(step, &part, rest)? else { return Ok(Edit::Kept) };
        if is_of_map(step) {
            let (old, new) = (as_map(step, part)?, as_map(step, new)?);
            match data {
                Data::Map(map) => {
                    map.retain(|key, _| !old.contains_key(key));
                    map.extend(new);
                }
                other => *other = Data::Map(new),
            }
            return Ok(Edit::Changed);
        }
        let (old, new) = (as_set(step, part)?, as_set(step, new)?);
        match data {
            Data::Set(set) => {
                set.retain(|element| !old.contains(element));
                set.extend(new);
            }
            // In JSON a set is a list, whose order stays.
            Data::List(list) => {
                list.retain(|element| !old.contains(element) || new.contains(element));
                let added = new.into_iter().filter(|element| !list.contains(element));
                let added: Vec<_> = added.collect();
                list.extend(added);
            }
            other => *other = Data::Set(new),
        }
        Ok(Edit::Changed)
    }

    /// What the rest of the path makes of a part, where it makes something else of it.
    pub(super) fn edit_part(
        &mut self,
        step: &Step,
        part: &Data,
        rest: &mut Rest<'_>,
    ) -> Result<Option<Data>, DynamicError> {
        let mut new = part.clone();
        match rest.go(self, Spot::Data(&mut new, true))? {
            Edit::Kept => Ok(None),
            // What is given back as it was writes nothing, and makes no collection where none is.
            Edit::Changed => Ok((new != *part).then_some(new)),
            Edit::Removed => Err(step.error(NO_REMOVAL)),
        }
    }
}

pub(super) fn is_of_map(step: &Step) -> bool {
    matches!(step.nav, Nav::Submap(_) | Nav::MapRange(_))
}

/// Null is an empty one of each.
pub(super) fn as_map(step: &Step, data: Data) -> Result<BTreeMap<Data, Data>, DynamicError> {
    match data {
        Data::Null => Ok(BTreeMap::new()),
        Data::Map(map) => Ok(map),
        other => Err(replaces(step, "a map", &other)),
    }
}

pub(super) fn as_set(step: &Step, data: Data) -> Result<BTreeSet<Data>, DynamicError> {
    match data {
        Data::Null => Ok(BTreeSet::new()),
        Data::Set(set) => Ok(set),
        Data::List(list) => Ok(list.into_iter().collect()),
        other => Err(replaces(step, "a set", &other)),
    }
}

pub(super) fn as_list(step: &Step, data: &Data) -> Result<Vec<Data>, DynamicError> {
    data.elements().ok_or_else(|| replaces(step, "a list", data))
}

fn replaces(step: &Step, what: &str, data: &Data) -> DynamicError {
    step.error(format!(
        "what is written replaces a part, so it has to be {what}, and it is {}",
        data.kind()
    ))
}
