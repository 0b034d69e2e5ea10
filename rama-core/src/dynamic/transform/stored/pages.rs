//! Every row of a structure, page by page.

use super::EditRow;
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::Rows;
use crate::dynamic::structure::{Address, Row, Scan};
use crate::dynamic::transform::elements::entry_of;
use crate::dynamic::transform::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::types::Shape;
use std::collections::BTreeMap;
use std::ops::{Bound, ControlFlow};

/// Rows that a transform of many rows holds at a time, where the path says nothing else: enough that the seek
/// between two pages does not count, and little memory.
const PAGE_ROWS: usize = 256;

/// What is done with each row that a scan finds: its key, and both as they are stored.
type EditFound<'v> = dyn FnMut(&mut Writer<'_>, &Data, Vec<u8>, Row) -> Edited + 'v;

impl Writer<'_> {
    pub(super) fn page(
        &self,
        at: &Address,
        scan: &Scan,
    ) -> Result<Vec<(Vec<u8>, Row)>, DynamicError> {
        let mut page = Vec::new();
        self.store.scan(at, scan, &mut |bytes, row| {
            page.push((bytes.to_owned(), row));
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(page)
    }

    /// Every row there is, page by page, each with its key.
    pub(super) fn each_page(&mut self, rows: &Rows<'_>, edit: &mut EditFound<'_>) -> Edited {
        let page_rows = self.page_rows.unwrap_or(PAGE_ROWS);
        let mut scan =
            Scan { rows_max: Some(page_rows), page_rows: self.page_rows, ..Scan::default() };
        let mut total = Edit::Kept;
        loop {
            let page = self.page(&rows.at, &scan)?;
            let is_last = page.len() < page_rows;
            if let Some((last, _)) = page.last() {
                scan.from = Bound::Excluded(last.clone());
            }
            for (bytes, row) in page {
                let key = rows.ty.structure_key_of(&bytes)?;
                if edit(self, &key, bytes, row)? != Edit::Kept {
                    total = Edit::Changed;
                }
            }
            if is_last {
                return Ok(total);
            }
        }
    }

    /// Edits what every row of a map or list holds.
    pub(in crate::dynamic::transform) fn each_row(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        edit: &mut EditRow<'_>,
    ) -> Edited {
        if let Shape::List(_) = rows.ty.shape() {
            return self.each_of_list(step, rows, edit);
        }
        self.each_page(rows, &mut |writer, key, _, row| {
            let cell = Self::cell(step, rows, key)?;
            writer.edit_cell(&cell, Some(row), step, edit)
        })
    }

    /// Entries as `[key, value]`, keys, or elements: rows whose keys may change. Rows that move are written at the
    /// end, so that none is come to twice.
    pub(super) fn each_key(&mut self, step: &Step, rows: &Rows<'_>, rest: &mut Rest<'_>) -> Edited {
        let is_pair = matches!(step.nav, Nav::All) && !matches!(rows.ty.shape(), Shape::Set(_));
        let mut moved: BTreeMap<Data, Data> = BTreeMap::new();
        let edit = self.each_page(rows, &mut |writer, key, bytes, row| {
            let Row::Value(value) = row else {
                if !is_pair {
                    let mut name = key.clone();
                    let edit = rest.go(writer, Spot::Data(&mut name, true))?;
                    return writer.structure_key_edited(step, rows, &bytes, edit);
                }
                let child = rows.ty.structure_child(key).unwrap_or(rows.ty);
                return Err(
                    step.error(Rows::new(rows.at.child(&bytes), child, Some(true)).is_no_value())
                );
            };
            let cell = Self::cell(step, rows, key)?;
            let mut seen = if is_pair {
                Data::List(vec![key.clone(), cell.ty.decode_row(&value)?])
            } else {
                key.clone()
            };
            let edit = rest.go(writer, Spot::Data(&mut seen, true))?;
            if edit == Edit::Kept {
                // Of equal keys the last one stays.
                moved.remove(key);
                return Ok(Edit::Kept);
            }
            let entry = match (edit, is_pair) {
                (Edit::Removed, _) => None,
                (_, true) => entry_of(step, seen)?,
                (_, false) if value.is_empty() => Some((seen, Data::Null)),
                (_, false) => Some((seen, cell.ty.decode_row(&value)?)),
            };
            match entry {
                None => writer.store.remove(&rows.at, &bytes)?,
                Some((name, new)) if name == *key => {
                    moved.remove(key);
                    if is_pair {
                        writer.put(step, &cell, new)?;
                    }
                }
                Some((name, new)) => {
                    writer.store.remove(&rows.at, &bytes)?;
                    moved.insert(name, new);
                }
            }
            Ok(Edit::Changed)
        })?;
        for (name, value) in moved {
            match rows.ty.shape() {
                Shape::Set(_) => _ = self.put_element(step, rows, name)?,
                // Fields have types of their own, and some are structures.
                _ => self.set_cell(step, &Self::cell(step, rows, &name)?, value)?,
            }
        }
        Ok(edit)
    }
}
