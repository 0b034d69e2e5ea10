//! Stored lists: their elements stand at their indexes, without gaps.

use super::{Cell, EditRow};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::plan::{Insertion, Nav, Step};
use crate::dynamic::select::{Rows, index, no_element};
use crate::dynamic::structure::Row;
use crate::dynamic::transform::maps::beyond_end;
use crate::dynamic::transform::{Edit, Edited, Rest, Writer};

impl Writer<'_> {
    pub(super) fn stored_nth(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let count = self.store.size(&rows.at)?;
        let index = match &step.nav {
            Nav::Nth(index) if *index >= count => {
                return Err(no_element(step, *index, count));
            }
            Nav::Nth(index) => *index,
            _ if count == 0 => return Ok(Edit::Kept),
            Nav::First => 0,
            _ => count - 1,
        };
        let key = Data::count(index);
        let cell = Self::cell(step, rows, &key)?;
        self.edit_element(step, &cell, rest)
    }

    pub(super) fn stored_index(
        &mut self,
        step: &Step,
        cell: &Cell<'_>,
        must: bool,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let count = self.store.size(&cell.rows.at)?;
        let index = index(step, &Data::Null, cell.key)?;
        if index < count {
            return self.edit_element(step, cell, rest);
        }
        if must {
            return Ok(Edit::Kept);
        }
        if index > count {
            // Whatever the rest of the path makes of it, there is no place for it.
            return match rest.fresh(self)? {
                None => Ok(Edit::Kept),
                Some(_) => Err(beyond_end(step, index, count)),
            };
        }
        self.edit_cell(cell, None, step, &mut |writer, _, spot| rest.go(writer, spot))
    }

    /// Edits an element that is there; where it is removed, those behind it close the gap.
    fn edit_element(&mut self, step: &Step, cell: &Cell<'_>, rest: &mut Rest<'_>) -> Edited {
        let row = self.store.get(&cell.rows.at, &cell.bytes)?;
        let (edit, gone) =
            self.edit_staying(step, cell, row, &mut |writer, _, spot| rest.go(writer, spot))?;
        if !gone {
            return Ok(edit);
        }
        let index = index(step, &Data::Null, cell.key)?;
        self.store.remove_element(&cell.rows.at, index)?;
        Ok(Edit::Changed)
    }

    /// Edits an element, which stays where it is even if it is to be removed, and says whether it is.
    fn edit_staying(
        &mut self,
        step: &Step,
        cell: &Cell<'_>,
        row: Option<Row>,
        edit: &mut EditRow<'_>,
    ) -> Result<(Edit, bool), DynamicError> {
        let mut gone = false;
        let edit = self.edit_cell(cell, row, step, &mut |writer, key, spot| {
            let edit = edit(writer, key, spot)?;
            gone = edit == Edit::Removed;
            Ok(if gone { Edit::Kept } else { edit })
        })?;
        Ok((edit, gone))
    }

    /// Edits every element. Those that stay move up at once, and the places that are left at the end are removed
    /// last, so that many removals cost no more than one.
    pub(super) fn each_of_list(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        edit: &mut EditRow<'_>,
    ) -> Edited {
        if rows.ty.structure_child(&Data::Int(0)).is_some_and(|child| child.has_rows()) {
            return self.each_structure_of_list(step, rows, edit);
        }
        let (mut seen, mut removed) = (0, 0);
        let total = self.each_page(rows, &mut |writer, key, _, row| {
            let cell = Self::cell(step, rows, key)?;
            let (edit, gone) = writer.edit_staying(step, &cell, Some(row), edit)?;
            seen += 1;
            if gone {
                removed += 1;
                return Ok(Edit::Changed);
            }
            if removed > 0
                && let Some(Row::Value(value)) = writer.store.get(&rows.at, &cell.bytes)?
            {
                let target = Data::count(seen - 1 - removed);
                writer.store.put(&rows.at, &Self::cell(step, rows, &target)?.bytes, value)?;
            }
            Ok(edit)
        })?;
        for index in (seen - removed..seen).rev() {
            self.store.remove_element(&rows.at, index)?;
        }
        Ok(total)
    }

    /// Structures cannot be copied, so they are moved one removal at a time.
    fn each_structure_of_list(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        edit: &mut EditRow<'_>,
    ) -> Edited {
        let (mut total, mut at) = (Edit::Kept, 0);
        for _ in 0..self.store.size(&rows.at)? {
            let key = Data::count(at);
            let cell = Self::cell(step, rows, &key)?;
            let (edit, gone) = self.edit_staying(step, &cell, Some(Row::Structure), edit)?;
            if gone {
                self.store.remove_element(&rows.at, at)?;
            } else {
                at += 1;
            }
            if gone || edit == Edit::Changed {
                total = Edit::Changed;
            }
        }
        Ok(total)
    }

    /// The steps that move elements work on the loaded list; then the rows that differ are written. Appending loads
    /// nothing.
    pub(super) fn stored_list(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let appends = matches!(step.nav, Nav::Splice(false) | Nav::Insert(Insertion::Back));
        if let Nav::All = step.nav {
            return self.each_row(step, rows, &mut |writer, _, spot| rest.go(writer, spot));
        }
        let (old, start) = if appends {
            (Vec::new(), self.store.size(&rows.at)?)
        } else {
            match self.reader().load(step, rows)? {
                Data::List(list) => (list, 0),
                other => return Err(step.needs("a list", other.kind())),
            }
        };
        let mut new = Data::List(old.clone());
        let edit = self.list(step, &mut new, rest)?;
        let Data::List(new) = new else { return Ok(edit) };
        if edit == Edit::Changed && new.is_empty() {
            self.store.make(&rows.at)?;
        }
        for (index, element) in new.iter().enumerate() {
            if old.get(index) != Some(element) {
                let key = Data::count(start + index);
                let cell = Self::cell(step, rows, &key)?;
                self.set_cell(step, &cell, element.clone())?;
            }
        }
        for index in (new.len()..old.len()).rev() {
            self.store.remove_element(&rows.at, start + index)?;
        }
        Ok(edit)
    }
}
