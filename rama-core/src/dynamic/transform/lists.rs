//! Writing to positions of lists that are values.

use super::parts::as_list;
use super::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Insertion, Nav, Step};
use crate::dynamic::select::{Node, no_element, no_range, runs};
use std::ops::Range;

impl Writer<'_> {
    pub(super) fn list(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        let mut made = Vec::new();
        let is_nil = *data == Data::Null;
        let list = match data {
            Data::Null => &mut made,
            Data::List(list) => list,
            other => return Err(step.needs("a list", other.kind())),
        };
        let count = list.len();
        let edit = match &step.nav {
            Nav::Nth(index) => self.nth(step, list, *index, rest),
            Nav::Splice(front) => {
                let at = if *front { 0 } else { count };
                self.stretch(step, list, at..at, rest)
            }
            Nav::Insert(insertion) => self.insert(step, list, *insertion, rest),
            Nav::Srange(start, end) if *end > count => Err(no_range(step, *start, *end, count)),
            Nav::Srange(start, end) => self.stretch(step, list, *start..*end, rest),
            Nav::Runs(call) => {
                let mut edit = Edit::Kept;
                // From the back, so that the bounds of the others stay right.
                for (start, end) in runs(list, call).into_iter().rev() {
                    if self.stretch(step, list, start..end, rest)? == Edit::Changed {
                        edit = Edit::Changed;
                    }
                }
                Ok(edit)
            }
            Nav::Index(index) => self.move_element(step, list, *index, rest),
            Nav::Indexed(start) => self.indexed(step, list, *start, rest),
            Nav::UpsertBy { path, value } => self.upsert(path, value, list, rest),
            other => Err(step.error(format!("cannot write: {other:?}"))),
        }?;
        if is_nil && edit == Edit::Changed {
            *data = Data::List(made);
        }
        Ok(edit)
    }

    fn nth(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        index: usize,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let count = list.len();
        let element = list.get_mut(index).ok_or_else(|| no_element(step, index, count))?;
        let edit = rest.go(self, Spot::Data(element, true))?;
        if edit == Edit::Removed {
            list.remove(index);
            return Ok(Edit::Changed);
        }
        Ok(edit)
    }

    /// Some elements one after the other, as one list; what is written replaces them.
    fn stretch(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        range: Range<usize>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let part = Data::List(list[range.clone()].to_vec());
        let Some(new) = self.edit_part(step, &part, rest)? else { return Ok(Edit::Kept) };
        list.splice(range, as_list(step, &new)?);
        Ok(Edit::Changed)
    }

    fn insert(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        insertion: Insertion,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let index = match insertion {
            Insertion::Front => 0,
            Insertion::Back => list.len(),
            Insertion::Before(index) if index <= list.len() => index,
            Insertion::Before(index) => {
                let count = list.len();
                return Err(step.error(format!("there is no place {index} in a list of {count}")));
            }
        };
        let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
        list.insert(index, fresh);
        Ok(Edit::Changed)
    }

    fn move_element(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        index: usize,
        rest: &mut Rest<'_>,
    ) -> Edited {
        if index >= list.len() {
            return Ok(Edit::Kept);
        }
        let mut target = Data::count(index);
        match rest.go(self, Spot::Data(&mut target, true))? {
            Edit::Kept => Ok(Edit::Kept),
            Edit::Removed => {
                Err(step.error("an index cannot be removed: remove the element, by nthpath"))
            }
            Edit::Changed => {
                let target = place_in(step, list, 0, &target)?;
                let element = list.remove(index);
                list.insert(target, element);
                Ok(Edit::Changed)
            }
        }
    }

    /// Every element with its index. Elements that are moved move others, whose indexes are seen as they are then.
    fn indexed(
        &mut self,
        step: &Step,
        list: &mut Vec<Data>,
        start: usize,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let mut edit = Edit::Kept;
        // Where the elements stand that were not seen yet, the next one last.
        let mut ahead: Vec<usize> = (0..list.len()).rev().collect();
        while let Some(at) = ahead.pop() {
            let mut pair = Data::List(vec![Data::count(start + at), list[at].clone()]);
            let one = rest.go(self, Spot::Data(&mut pair, true))?;
            if one == Edit::Kept {
                continue;
            }
            edit = Edit::Changed;
            list.remove(at);
            if one == Edit::Removed {
                ahead.iter_mut().filter(|place| **place > at).for_each(|place| *place -= 1);
                continue;
            }
            let Some((index, element)) = super::elements::entry_of(step, pair)? else {
                return Err(step.error("stays [index, element], and half of it was removed"));
            };
            list.insert(at, element);
            let target = place_in(step, list, start, &index)?;
            let element = list.remove(at);
            list.insert(target, element);
            for place in &mut ahead {
                if *place > at && *place <= target {
                    *place -= 1;
                }
            }
        }
        Ok(edit)
    }

    /// The first element in which a path finds a value, or else a place at the end.
    fn upsert(
        &mut self,
        path: &[Step],
        value: &Data,
        list: &mut Vec<Data>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let mut found = None;
        for (index, element) in list.iter().enumerate() {
            if self.reader().finds(path, Node::Data(element), value)? {
                found = Some(index);
                break;
            }
        }
        let Some(index) = found else {
            let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
            list.push(fresh);
            return Ok(Edit::Changed);
        };
        let edit = rest.go(self, Spot::Data(&mut list[index], true))?;
        if edit == Edit::Removed {
            list.remove(index);
            return Ok(Edit::Changed);
        }
        Ok(edit)
    }
}

/// The place in a list that an index counted from `start` names.
fn place_in(step: &Step, list: &[Data], start: usize, index: &Data) -> Result<usize, DynamicError> {
    let place = match index {
        Data::Int(index) => usize::try_from(*index).ok().and_then(|index| index.checked_sub(start)),
        _ => None,
    };
    place.filter(|place| *place < list.len()).ok_or_else(|| {
        step.error(format!(
            "the element cannot move to {}: its list has {} elements",
            index.plain_text(),
            list.len()
        ))
    })
}
