//! Writing through steps that filter, that remember, or that have paths of their own.

use super::parts::as_list;
use super::{Edit, EditNext, Edited, Rest, Spot, Writer};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::function::Call;
use crate::dynamic::plan::{Case, Nav, Step, Steps};
use crate::dynamic::select::{TOO_DEEP, UNDER_WAY_MAX};
use std::rc::Rc;

impl Writer<'_> {
    /// Whether the path goes on behind a filter.
    pub(super) fn passes(
        &mut self,
        step: &Step,
        spot: &Spot<'_>,
        vals: &[Data],
    ) -> Result<bool, DynamicError> {
        let node = spot.node();
        match &step.nav {
            Nav::Take { count, .. } => Ok(self.seen.entry(step.id).or_default().takes(*count)),
            Nav::Distinct => {
                let value = self.reader().value(step, &node)?.into_owned();
                Ok(self.seen.entry(step.id).or_default().is_new(value))
            }
            _ => self.reader().passes(step, &node, vals),
        }
    }

    pub(super) fn cases(&mut self, cases: &[Case], spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        for case in cases {
            if self.reader().found(&case.condition, spot.node(), rest.vals)? {
                return self.through(&case.path, spot, rest);
            }
        }
        Ok(Edit::Kept)
    }

    pub(super) fn multi(&mut self, paths: &[Steps], spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let ways: Vec<&[Step]> = paths.iter().map(Vec::as_slice).collect();
        self.in_turn(&ways, spot, rest)
    }

    pub(super) fn around(
        &mut self,
        path: &[Step],
        here_first: bool,
        spot: Spot<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let ways: [&[Step]; 2] = if here_first { [&[], path] } else { [path, &[]] };
        self.in_turn(&ways, spot, rest)
    }

    pub(super) fn recursion(&mut self, body: usize, spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let plan = self.plan;
        self.through(&plan.bodies[body], spot, rest)
    }

    pub(super) fn with_pages(
        &mut self,
        size: usize,
        path: &[Step],
        spot: Spot<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let outer = self.page_rows.replace(size);
        let edited = self.edit(path, spot, rest.vals, &mut |writer, spot, vals| {
            let inner = std::mem::replace(&mut writer.page_rows, outer);
            let edited = rest.go_with(writer, spot, vals);
            writer.page_rows = inner;
            edited
        });
        self.page_rows = outer;
        edited
    }

    pub(super) fn fresh(&mut self, path: &[Step], spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        self.edit(path, spot, &[], &mut |writer, spot, _| rest.go(writer, spot))
    }

    /// Along a path inside a step, and then along what follows the step.
    fn through(&mut self, path: &[Step], spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let vals = rest.vals;
        self.edit(path, spot, vals, &mut |writer, spot, vals| rest.go_with(writer, spot, vals))
    }

    /// One way after the other, each on what the one before it left.
    fn in_turn(&mut self, ways: &[&[Step]], mut spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let mut total = Edit::Kept;
        // What a removal left: an empty collection is to stay at the top.
        let mut left = Data::Null;
        for way in ways {
            let edit = self.through(way, spot.reborrow(), rest)?;
            match (edit, &mut spot) {
                (Edit::Kept, _) => continue,
                (Edit::Changed, Spot::Data(_, there)) => *there = true,
                // A removal of what is not there counts as a change too, and makes nothing.
                (Edit::Changed, Spot::Rows(rows)) => Rc::make_mut(rows).set_exists(None),
                (Edit::Removed, Spot::Data(data, there)) => {
                    let removed = std::mem::replace(*data, Data::Null);
                    // A removal of what is not there any more leaves what the first one left.
                    if std::mem::replace(there, false) {
                        left = removed;
                    }
                }
                (Edit::Removed, Spot::Rows(rows)) if rows.at.around().is_none() => {
                    if self.store.size(&rows.at)? > 0 {
                        return Err(super::nothing_around());
                    }
                }
                (Edit::Removed, Spot::Rows(rows)) => {
                    self.store.clear(&rows.at)?;
                    Rc::make_mut(rows).set_exists(Some(false));
                }
            }
            total = edit;
        }
        if let (Edit::Removed, Spot::Data(data, _)) = (total, spot) {
            *data = left;
        }
        Ok(total)
    }

    /// Gathers what the path finds, and deals out what became of it in the same order.
    pub(super) fn subselect(
        &mut self,
        step: &Step,
        path: &[Step],
        spot: Spot<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let mut list = Data::List(self.reader().gather(step, path, spot.node(), rest.vals)?);
        match rest.go(self, Spot::Data(&mut list, true))? {
            Edit::Kept => return Ok(Edit::Kept),
            Edit::Removed => return Err(step.error(super::parts::NO_REMOVAL)),
            Edit::Changed => {}
        }
        let mut queue = as_list(step, &list)?.into_iter();
        // As when gathering, the steps of the path remember nothing of other visits.
        let outer = std::mem::take(&mut self.seen);
        let edited =
            self.edit(path, spot, rest.vals, &mut |_, spot, _| match (queue.next(), spot) {
                (None, _) => Ok(Edit::Removed),
                (Some(value), Spot::Data(data, true)) if *data == value => Ok(Edit::Kept),
                (Some(value), Spot::Data(data, _)) => {
                    *data = value;
                    Ok(Edit::Changed)
                }
                (Some(_), Spot::Rows(rows)) => Err(step.error(rows.is_no_value())),
            });
        self.seen = outer;
        edited
    }

    pub(super) fn compacting(
        &mut self,
        path: &[Step],
        spot: Spot<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let vals = rest.vals;
        self.compact(path, spot, vals, &mut |writer, spot, vals| rest.go_with(writer, spot, vals))
    }

    /// Takes each step and then looks whether the place in front of it is left empty.
    fn compact(
        &mut self,
        steps: &[Step],
        mut spot: Spot<'_>,
        vals: &[Data],
        next: &mut EditNext<'_>,
    ) -> Edited {
        let Some((first, rest)) = steps.split_first() else { return next(self, spot, vals) };
        let one = std::slice::from_ref(first);
        let edit = self.edit(one, spot.reborrow(), vals, &mut |writer, spot, vals| {
            writer.compact(rest, spot, vals, next)
        })?;
        let is_empty = match &spot {
            Spot::Data(Data::Null, _) => false,
            Spot::Data(data, _) => data.size() == Some(0),
            Spot::Rows(rows) => self.store.size(&rows.at)? == 0,
        };
        Ok(if is_empty { Edit::Removed } else { edit })
    }

    /// The topmost values on each way down that the function accepts.
    pub(super) fn walker(
        &mut self,
        step: &Step,
        call: &Call,
        spot: Spot<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        if self.under_way == UNDER_WAY_MAX {
            return Err(step.error(TOO_DEEP));
        }
        self.under_way += 1;
        let edited = match spot {
            Spot::Data(data, there) if call.accepts(data.clone()) => {
                rest.go(self, Spot::Data(data, there))
            }
            Spot::Data(data, _) => self.walk_down(step, call, data, rest),
            Spot::Rows(rows) => self.each_row(step, &rows, &mut |writer, key, spot| {
                if call.accepts(key.clone()) {
                    return Err(step.error(
                        "finds keys of a structure that is stored row by row: rename those by MAP_KEYS",
                    ));
                }
                writer.walker(step, call, spot, rest)
            }),
        };
        self.under_way -= 1;
        edited
    }

    fn walk_down(
        &mut self,
        step: &Step,
        call: &Call,
        data: &mut Data,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let mut edit = Edit::Kept;
        // Says whether the part stays.
        let mut one = |writer: &mut Self, part: &mut Data| {
            let one = writer.walker(step, call, Spot::Data(part, true), rest)?;
            if one != Edit::Kept {
                edit = Edit::Changed;
            }
            Ok::<_, DynamicError>(one != Edit::Removed)
        };
        match data {
            Data::Map(map) => {
                for (mut key, mut value) in std::mem::take(map) {
                    let keeps_key = one(self, &mut key)?;
                    if one(self, &mut value)? && keeps_key {
                        map.insert(key, value);
                    }
                }
            }
            Data::List(list) => {
                for mut element in std::mem::take(list) {
                    if one(self, &mut element)? {
                        list.push(element);
                    }
                }
            }
            Data::Set(set) => {
                for mut element in std::mem::take(set) {
                    if one(self, &mut element)? {
                        set.insert(element);
                    }
                }
            }
            _ => {}
        }
        Ok(edit)
    }
}
