//! Writing to structures that are stored row by row: only the rows that a path leads to are read and written.
//!
//! Steps that look at a whole stored list, such as `before_index` and `srange`, load it and write the rows that
//! differ. Appending loads nothing.

mod keys;
mod lists;
mod pages;
mod parts;

use super::{Edit, Edited, Rest, Spot, Writer, fit};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::{Rows, with};
use crate::dynamic::structure::{Row, Scan};
use crate::dynamic::types::{Shape, Type};
use std::rc::Rc;

/// What is done with each row: its key and its place.
type EditRow<'v> = dyn FnMut(&mut Writer<'_>, &Data, Spot<'_>) -> Edited + 'v;

/// One row of a structure.
struct Cell<'c> {
    rows: &'c Rows<'c>,
    key: &'c Data,
    bytes: Vec<u8>,
    /// The type of what stands in it.
    ty: &'c Type,
}

impl Writer<'_> {
    pub(super) fn stored(
        &mut self,
        step: &Step,
        rows: &Rc<Rows<'_>>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let shape = rows.ty.shape();
        match (&step.nav, &shape) {
            (Nav::Key { key, must, .. }, _) => self.stored_key(step, rows, key, *must, rest),
            (Nav::MapKey(key), _) => self.rename_row(step, rows, key, rest),
            (Nav::Submap(_) | Nav::MapRange(_) | Nav::Subset(_) | Nav::SetRange(_), _) => {
                self.stored_part(step, rows, rest)
            }
            (Nav::SetElem(element), _) => self.stored_element(step, rows, element, rest),
            (Nav::NoneElem, _) => {
                let Some(fresh) = rest.fresh(self)? else { return Ok(Edit::Kept) };
                self.put_element(step, rows, fresh)
            }
            (Nav::MapVals, _) => {
                self.each_row(step, rows, &mut |writer, _, spot| rest.go(writer, spot))
            }
            (Nav::KeyedVals, _) => self.each_row(step, rows, &mut |writer, key, spot| {
                let vals = with(rest.vals, key.clone());
                rest.go_with(writer, spot, &vals)
            }),
            (Nav::All | Nav::MapKeys, Shape::Map(..) | Shape::Record(_) | Shape::Set(_)) => {
                self.each_key(step, rows, rest)
            }
            (Nav::First | Nav::Last, Shape::Set(_)) => {
                let first = matches!(step.nav, Nav::First);
                let scan = Scan { backward: !first, rows_max: Some(1), ..Scan::default() };
                match self.page(&rows.at, &scan)?.pop() {
                    None => Ok(Edit::Kept),
                    Some((bytes, _)) => {
                        let element = rows.ty.structure_key_of(&bytes)?;
                        self.stored_element(step, rows, &element, rest)
                    }
                }
            }
            (Nav::First | Nav::Last | Nav::Nth(_), Shape::List(_)) => {
                self.stored_nth(step, rows, rest)
            }
            (_, Shape::List(_)) => self.stored_list(step, rows, rest),
            _ => Err(step.needs("another structure", &format!("a `{}`", rows.ty))),
        }
    }

    fn cell<'c>(step: &Step, rows: &'c Rows<'c>, key: &'c Data) -> Result<Cell<'c>, DynamicError> {
        match (rows.ty.structure_key(key), rows.ty.structure_child(key)) {
            (Some(bytes), Some(ty)) => Ok(Cell { rows, key, bytes, ty }),
            _ => Err(step.error(format!("{} is no key of a `{}`", key.plain_text(), rows.ty))),
        }
    }

    /// Edits the structure at a key, which may be there or not.
    fn edit_rows(
        &mut self,
        cell: &Cell<'_>,
        exists: Option<bool>,
        edit: &mut EditRow<'_>,
    ) -> Edited {
        let child = Rows::new(cell.rows.at.child(&cell.bytes), cell.ty, exists);
        let edited = edit(self, cell.key, Spot::Rows(child))?;
        if edited != Edit::Removed {
            return Ok(edited);
        }
        self.store.remove(&cell.rows.at, &cell.bytes)?;
        Ok(if exists == Some(false) { Edit::Kept } else { Edit::Changed })
    }

    /// Edits what one row holds, and writes the row where that changed.
    fn edit_cell(
        &mut self,
        cell: &Cell<'_>,
        row: Option<Row>,
        step: &Step,
        edit: &mut EditRow<'_>,
    ) -> Edited {
        let there = row.is_some();
        if cell.ty.has_rows() {
            return self.edit_rows(cell, Some(there), edit);
        }
        let mut data = match row {
            Some(Row::Value(bytes)) if bytes.is_empty() => cell.key.clone(),
            Some(Row::Value(bytes)) => cell.ty.decode_row(&bytes)?,
            Some(Row::Structure) | None => Data::Null,
        };
        match edit(self, cell.key, Spot::Data(&mut data, there))? {
            Edit::Kept => Ok(Edit::Kept),
            Edit::Changed => {
                self.put(step, cell, data)?;
                Ok(Edit::Changed)
            }
            Edit::Removed if there => {
                self.store.remove(&cell.rows.at, &cell.bytes)?;
                Ok(Edit::Changed)
            }
            Edit::Removed => Ok(Edit::Kept),
        }
    }

    fn put(&mut self, step: &Step, cell: &Cell<'_>, data: Data) -> Result<(), DynamicError> {
        let bytes = cell.ty.encode_row(&fit(step, cell.ty, data)?)?;
        self.store.put(&cell.rows.at, &cell.bytes, bytes)
    }

    fn set_cell(&mut self, step: &Step, cell: &Cell<'_>, data: Data) -> Result<(), DynamicError> {
        if !cell.ty.has_rows() {
            return self.put(step, cell, data);
        }
        let child = Rows::new(cell.rows.at.child(&cell.bytes), cell.ty, Some(true));
        self.replace(step, &child, data)
    }

    /// Puts a whole value in place of a structure, row by row.
    pub(super) fn replace(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        data: Data,
    ) -> Result<(), DynamicError> {
        let data = fit(step, rows.ty, data)?;
        self.store.clear(&rows.at)?;
        self.store.make(&rows.at)?;
        match data {
            Data::Map(map) => map.into_iter().try_for_each(|(key, value)| {
                let cell = Self::cell(step, rows, &key)?;
                self.set_cell(step, &cell, value)
            }),
            Data::Set(set) => set
                .into_iter()
                .try_for_each(|element| self.put_element(step, rows, element).map(drop)),
            list => list.elements().unwrap_or_default().into_iter().enumerate().try_for_each(
                |(index, element)| {
                    let key = Data::count(index);
                    let cell = Self::cell(step, rows, &key)?;
                    self.set_cell(step, &cell, element)
                },
            ),
        }
    }
}
