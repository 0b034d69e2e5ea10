//! Writing: what a plan changes, in continuation style. Every step hands each place it leads to on to the rest of
//! the path and then puts what became of it back; what did not change is not written.
//!
//! Values are changed in place, on a copy that is dropped when something fails; rows are written at once and taken
//! back when something fails.

mod control;
mod elements;
mod lists;
mod maps;
mod parts;
mod stored;

use super::data::Data;
use super::error::DynamicError;
use super::plan::{Nav, Plan, Step};
use super::select::{Node, Reader, Rows, Seen, TOO_DEEP, UNDER_WAY_MAX};
use super::structure::{MemoryStructure, Row, WriteStructure};
use super::types::Type;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What has become of a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Edit {
    /// It is as before.
    Kept,
    /// Something was written to it.
    Changed,
    /// It is to be taken out of the collection around it.
    Removed,
}

pub(super) type Edited = Result<Edit, DynamicError>;

/// A place that is written.
enum Spot<'s> {
    /// A value, and whether it is there; where it is not, it is null, and becomes the value when it changes.
    Data(&'s mut Data, bool),
    Rows(Rc<Rows<'s>>),
}

/// What follows a step.
type EditNext<'n> = dyn FnMut(&mut Writer<'_>, Spot<'_>, &[Data]) -> Edited + 'n;

/// What follows a step, with what was collected in front of it.
struct Rest<'a> {
    steps: &'a [Step],
    vals: &'a [Data],
    next: &'a mut EditNext<'a>,
}

/// A run of a plan that writes.
pub(super) struct Writer<'w> {
    store: &'w mut dyn WriteStructure,
    plan: &'w Plan,
    under_way: usize,
    seen: BTreeMap<usize, Seen>,
    page_rows: Option<usize>,
}

/// Runs a plan on a value, which stays as it is when something fails.
pub(super) fn edit_data(plan: &Plan, data: &mut Data) -> Edited {
    let mut copy = data.clone();
    let edit = edit_copy(plan, &plan.steps, &mut copy, &[], 0)?;
    let edit = stays(edit, &copy)?;
    if edit == Edit::Changed {
        *data = plan.ty.fit(copy)?;
    }
    Ok(edit)
}

/// What has become of a value around which there is nothing: `compact` leaves an empty collection, which stays.
pub(super) fn stays(edit: Edit, left: &Data) -> Edited {
    match edit {
        Edit::Removed if left.size() == Some(0) && *left != Data::Null => Ok(Edit::Changed),
        Edit::Removed => Err(nothing_around()),
        edit => Ok(edit),
    }
}

/// Runs steps on a value that is a copy.
pub(super) fn edit_copy(
    plan: &Plan,
    steps: &[Step],
    data: &mut Data,
    vals: &[Data],
    under_way: usize,
) -> Edited {
    let mut no_rows = MemoryStructure::new();
    let mut writer = Writer::new(&mut no_rows, plan, under_way);
    writer.edit(steps, Spot::Data(data, true), vals, &mut |_, _, _| Err(no_terminal()))
}

/// Runs a plan on rows, which stay as they are when something fails.
pub(super) fn edit_rows(plan: &Plan, store: &mut dyn WriteStructure) -> Edited {
    let edited = Writer::new(store, plan, 0).edit_root();
    match edited {
        Ok(edit) => {
            store.keep()?;
            Ok(edit)
        }
        Err(error) => {
            store.undo()?;
            Err(error)
        }
    }
}

fn nothing_around() -> DynamicError {
    DynamicError::path(
        "NONE at the top of the data: there is no collection around it that it could be removed from",
    )
}

fn no_terminal() -> DynamicError {
    DynamicError::path("the path ends without a terminal")
}

impl<'w> Writer<'w> {
    fn new(store: &'w mut dyn WriteStructure, plan: &'w Plan, under_way: usize) -> Self {
        Self { store, plan, under_way, seen: BTreeMap::new(), page_rows: None }
    }

    /// For looking at what is there meanwhile.
    fn reader(&self) -> Reader<'_> {
        Reader::new(&*self.store, self.plan, self.under_way)
    }

    fn edit_root(&mut self) -> Edited {
        let plan = self.plan;
        let at = super::structure::Address::default();
        let mut end = |_: &mut Writer<'_>, _: Spot<'_>, _: &[Data]| Err(no_terminal());
        if plan.ty.is_stored_by_rows() {
            let rows = Rows::new(at, &plan.ty, Some(true));
            return match self.edit(&plan.steps, Spot::Rows(rows), &[], &mut end)? {
                Edit::Removed if self.store.size(&Default::default())? > 0 => Err(nothing_around()),
                Edit::Removed => Ok(Edit::Changed),
                edit => Ok(edit),
            };
        }
        let row = match self.store.get(&at, &[])? {
            Some(Row::Value(bytes)) => Some(plan.ty.decode_row(&bytes)?),
            Some(Row::Structure) | None => None,
        };
        let there = row.is_some();
        let mut data = row.unwrap_or(Data::Null);
        let edit = self.edit(&plan.steps, Spot::Data(&mut data, there), &[], &mut end)?;
        match edit {
            Edit::Changed => {
                let bytes = plan.ty.encode_row(&plan.ty.fit(data)?)?;
                self.store.put(&at, &[], bytes)?;
            }
            Edit::Removed => self.store.remove(&at, &[])?,
            Edit::Kept => {}
        }
        Ok(edit)
    }

    /// Goes from here along the steps, and then on with `next`; then the place is as it is to be.
    fn edit(
        &mut self,
        steps: &[Step],
        spot: Spot<'_>,
        vals: &[Data],
        next: &mut EditNext<'_>,
    ) -> Edited {
        let Some((step, rest)) = steps.split_first() else { return next(self, spot, vals) };
        if self.under_way == UNDER_WAY_MAX {
            return Err(step.error(TOO_DEEP));
        }
        self.under_way += 1;
        let edited = self.step(step, spot, &mut Rest { steps: rest, vals, next });
        self.under_way -= 1;
        edited
    }

    // This and all that it calls are on the stack once for each step under way: they hand on at once, and leave
    // their variables to functions of their own.
    fn step(&mut self, step: &Step, spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        match &step.nav {
            Nav::Term { .. } | Nav::Termval(_) | Nav::Remove => {
                self.terminal(step, spot, rest.vals)
            }
            Nav::Pred(_)
            | Nav::Compare(..)
            | Nav::Selected(..)
            | Nav::IsCollected(_)
            | Nav::Take { .. }
            | Nav::Distinct => match self.passes(step, &spot, rest.vals)? {
                true => rest.go(self, spot),
                false => Ok(Edit::Kept),
            },
            Nav::Stop => Ok(Edit::Kept),
            Nav::Cases(cases) => self.cases(cases, spot, rest),
            Nav::Multi(paths) => self.multi(paths, spot, rest),
            Nav::Around { path, here_first } => self.around(path, *here_first, spot, rest),
            Nav::Subselect(path) => self.subselect(step, path, spot, rest),
            Nav::Walker(call) => self.walker(step, call, spot, rest),
            Nav::Compact(path) => self.compacting(path, spot, rest),
            Nav::Recursion(body) => self.recursion(*body, spot, rest),
            Nav::Page(size, path) => self.with_pages(*size, path, spot, rest),
            Nav::Fresh(path) => self.fresh(path, spot, rest),
            Nav::Val | Nav::Collect(_) | Nav::CollectOne(_) | Nav::Putval(_) | Nav::Dispense => {
                self.collecting(step, spot, rest)
            }
            Nav::View { .. }
            | Nav::Size { .. }
            | Nav::Transformed { .. }
            | Nav::NilTo(_)
            | Nav::NoneTo(_) => self.viewing(step, spot, rest),
            _ => match spot {
                Spot::Rows(rows) => self.stored(step, &rows, rest),
                Spot::Data(data, _) => self.in_memory(step, data, rest),
            },
        }
    }

    fn collecting(&mut self, step: &Step, spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let vals = self.reader().collect(step, &spot.node(), rest.vals)?;
        rest.go_with(self, spot, &vals)
    }

    /// The steps into collections that are values.
    fn in_memory(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        match &step.nav {
            _ if matches!(data, Data::Bytes(_)) => self.bytes(step, data, rest),
            Nav::Key { .. } | Nav::MapKey(_) | Nav::MapVals | Nav::MapKeys => {
                self.map(step, data, rest)
            }
            Nav::Submap(_) | Nav::MapRange(_) | Nav::Subset(_) | Nav::SetRange(_) => {
                self.part(step, data, rest)
            }
            Nav::All
            | Nav::KeyedVals
            | Nav::First
            | Nav::Last
            | Nav::SetElem(_)
            | Nav::NoneElem => self.elements(step, data, rest),
            _ => self.list(step, data, rest),
        }
    }

    /// Bytes are edited as the list of numbers that they are.
    fn bytes(&mut self, step: &Step, data: &mut Data, rest: &mut Rest<'_>) -> Edited {
        let mut list = Data::List(data.elements().unwrap_or_default());
        let edited = self.in_memory(step, &mut list, rest)?;
        *data = match list {
            Data::List(list) => super::data::to_bytes(list).unwrap_or_else(Data::List),
            other => other,
        };
        Ok(edited)
    }

    fn viewing(&mut self, step: &Step, mut spot: Spot<'_>, rest: &mut Rest<'_>) -> Edited {
        let (mut seen, ty) = match &step.nav {
            // Rows that are not there are an empty structure of their own, into which the path goes.
            Nav::NilTo(default) if default.size() == Some(0) && spot.is_rows() => {
                spot.set_exists();
                return rest.go(self, spot);
            }
            Nav::NilTo(default) if self.reader().is_nil(&spot.node())? => (default.clone(), None),
            Nav::NoneTo(default) if !spot.is_there() => (default.clone(), None),
            Nav::NilTo(_) | Nav::NoneTo(_) => return rest.go(self, spot),
            Nav::View { ty, .. } | Nav::Size { ty } | Nav::Transformed { ty, .. } => {
                (self.reader().view(step, &spot.node(), rest.vals)?, Some(ty))
            }
            other => return Err(step.error(format!("shows nothing: {other:?}"))),
        };
        let edit = rest.go(self, Spot::Data(&mut seen, true))?;
        if edit == Edit::Changed {
            let seen = match ty {
                Some(ty) => fit(step, ty, seen)?,
                None => seen,
            };
            self.set(step, &mut spot, seen)?;
        }
        Ok(edit)
    }

    fn terminal(&mut self, step: &Step, mut spot: Spot<'_>, vals: &[Data]) -> Edited {
        match &step.nav {
            Nav::Remove => return Ok(Edit::Removed),
            Nav::Termval(value) => self.set(step, &mut spot, value.clone())?,
            Nav::Term { call, ty } => match &mut spot {
                Spot::Rows(rows) => return Err(step.error(rows.is_no_value())),
                Spot::Data(_, false) => {
                    return Err(step.error(
                        "needs a value, and nothing stands here: insert [\"nil_to_val\", default] in front",
                    ));
                }
                Spot::Data(data, true) => {
                    let value = std::mem::replace(*data, Data::Null);
                    let value = call.run(vals, value).map_err(|reason| step.error(reason))?;
                    **data = fit(step, ty, value)?;
                }
            },
            _ => return Err(no_terminal()),
        }
        Ok(Edit::Changed)
    }

    /// Puts a whole value at a place.
    fn set(&mut self, step: &Step, spot: &mut Spot<'_>, value: Data) -> Result<(), DynamicError> {
        match spot {
            Spot::Data(data, there) => {
                **data = value;
                *there = true;
            }
            Spot::Rows(rows) => {
                self.replace(step, rows, value)?;
                spot.set_exists();
            }
        }
        Ok(())
    }
}

impl Spot<'_> {
    fn node(&self) -> Node<'_> {
        match self {
            Self::Data(data, true) => Node::Data(data),
            Self::Data(_, false) => Node::Missing,
            Self::Rows(rows) => Node::Rows(rows.clone()),
        }
    }

    fn is_rows(&self) -> bool {
        matches!(self, Self::Rows(_))
    }

    /// From now on rows here are known to be there.
    fn set_exists(&mut self) {
        if let Self::Rows(rows) = self {
            Rc::make_mut(rows).set_exists(Some(true));
        }
    }

    fn is_there(&self) -> bool {
        match self {
            Self::Data(_, there) => *there,
            Self::Rows(_) => true,
        }
    }

    /// The same place for a shorter time.
    fn reborrow(&mut self) -> Spot<'_> {
        match self {
            Self::Data(data, there) => Spot::Data(data, *there),
            Self::Rows(rows) => Spot::Rows(rows.clone()),
        }
    }
}

impl Rest<'_> {
    /// The rest of the path, from this place.
    fn go(&mut self, writer: &mut Writer<'_>, spot: Spot<'_>) -> Edited {
        writer.edit(self.steps, spot, self.vals, self.next)
    }

    /// The same with other values collected.
    fn go_with(&mut self, writer: &mut Writer<'_>, spot: Spot<'_>, vals: &[Data]) -> Edited {
        writer.edit(self.steps, spot, vals, self.next)
    }

    /// What the rest of the path puts at a place where nothing is.
    fn fresh(&mut self, writer: &mut Writer<'_>) -> Result<Option<Data>, DynamicError> {
        let mut fresh = Data::Null;
        let edit = self.go(writer, Spot::Data(&mut fresh, false))?;
        Ok((edit == Edit::Changed).then_some(fresh))
    }
}

/// A value that is to stand where a value of this type belongs.
fn fit(step: &Step, ty: &Type, value: Data) -> Result<Data, DynamicError> {
    ty.fit(value)
        .map_err(|misfit| step.error(format!("what is to be written does not fit: {misfit}")))
}
