//! Keys of stored maps and records.

use crate::dynamic::data::Data;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::Rows;
use crate::dynamic::structure::Row;
use crate::dynamic::transform::{Edit, Edited, Rest, Spot, Writer};
use crate::dynamic::types::Shape;

impl Writer<'_> {
    pub(super) fn stored_key(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        key: &Data,
        must: bool,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let cell = Self::cell(step, rows, key)?;
        if let Shape::List(_) = rows.ty.shape() {
            return self.stored_index(step, &cell, must, rest);
        }
        // Nothing is read that is not needed (PS-53).
        match rest.steps {
            [Step { nav: Nav::Remove, .. }] => {
                self.store.remove(&rows.at, &cell.bytes)?;
                return Ok(Edit::Changed);
            }
            [last @ Step { nav: Nav::Termval(value), .. }] if !must && !cell.ty.has_rows() => {
                self.put(last, &cell, value.clone())?;
                return Ok(Edit::Changed);
            }
            _ => {}
        }
        if cell.ty.has_rows() && !must {
            return self.edit_rows(&cell, None, &mut |writer, _, spot| rest.go(writer, spot));
        }
        let row = self.store.get(&rows.at, &cell.bytes)?;
        if must && row.is_none() {
            return Ok(Edit::Kept);
        }
        self.edit_cell(&cell, row, step, &mut |writer, _, spot| rest.go(writer, spot))
    }

    pub(super) fn rename_row(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        key: &Data,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let cell = Self::cell(step, rows, key)?;
        let Some(row) = self.store.get(&rows.at, &cell.bytes)? else { return Ok(Edit::Kept) };
        let mut name = key.clone();
        let edit = rest.go(self, Spot::Data(&mut name, true))?;
        let Row::Value(value) = row else {
            return self.structure_key_edited(step, rows, &cell.bytes, edit);
        };
        match edit {
            Edit::Kept => return Ok(Edit::Kept),
            Edit::Removed => self.store.remove(&rows.at, &cell.bytes)?,
            Edit::Changed => {
                let value = cell.ty.decode_row(&value)?;
                self.store.remove(&rows.at, &cell.bytes)?;
                // Fields have types of their own, and some are structures.
                self.set_cell(step, &Self::cell(step, rows, &name)?, value)?;
            }
        }
        Ok(Edit::Changed)
    }

    /// The key of a structure can be removed, with the structure, but not renamed.
    pub(super) fn structure_key_edited(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        bytes: &[u8],
        edit: Edit,
    ) -> Edited {
        match edit {
            Edit::Kept => Ok(Edit::Kept),
            Edit::Removed => {
                self.store.remove(&rows.at, bytes)?;
                Ok(Edit::Changed)
            }
            Edit::Changed => Err(step.error(
                "what stands at this key is stored row by row and cannot be moved to another key (PS-26)",
            )),
        }
    }
}
