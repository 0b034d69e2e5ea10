//! Parts of stored maps and sets, and single elements of stored sets.

use crate::dynamic::data::Data;
use crate::dynamic::plan::{Nav, Step};
use crate::dynamic::select::{Node, Rows};
use crate::dynamic::transform::parts::{as_map, as_set, is_of_map};
use crate::dynamic::transform::{Edit, Edited, Rest, Spot, Writer, fit};
use crate::dynamic::types::Shape;
use std::rc::Rc;

impl Writer<'_> {
    pub(super) fn stored_part(
        &mut self,
        step: &Step,
        rows: &Rc<Rows<'_>>,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let part = self.reader().part(step, &Node::Rows(rows.clone()))?;
        let Some(new) = self.edit_part(step, &part, rest)? else { return Ok(Edit::Kept) };
        if new.size() == Some(0) {
            self.store.make(&rows.at)?;
        }
        if !is_of_map(step) {
            let (old, new) = (as_set(step, part)?, as_set(step, new)?);
            for element in old.difference(&new) {
                self.store.remove(&rows.at, &Self::cell(step, rows, element)?.bytes)?;
            }
            for element in new.difference(&old) {
                self.put_element(step, rows, element.clone())?;
            }
            return Ok(Edit::Changed);
        }
        let (old, new) = (as_map(step, part)?, as_map(step, new)?);
        for key in old.keys().filter(|key| !new.contains_key(key)) {
            self.store.remove(&rows.at, &Self::cell(step, rows, key)?.bytes)?;
        }
        for (key, value) in new {
            if old.get(&key) != Some(&value) {
                let cell = Self::cell(step, rows, &key)?;
                self.set_cell(step, &cell, value)?;
            }
        }
        Ok(Edit::Changed)
    }

    pub(super) fn put_element(&mut self, step: &Step, rows: &Rows<'_>, element: Data) -> Edited {
        let Shape::Set(ty) = rows.ty.shape() else {
            return Err(step.needs("a set", &format!("a `{}`", rows.ty)));
        };
        let element = fit(step, ty, element)?;
        let bytes = Self::cell(step, rows, &element)?.bytes;
        self.store.put(&rows.at, &bytes, Vec::new())?;
        Ok(Edit::Changed)
    }

    pub(super) fn stored_element(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        element: &Data,
        rest: &mut Rest<'_>,
    ) -> Edited {
        let bytes = Self::cell(step, rows, element)?.bytes;
        if let [Step { nav: Nav::Remove, .. }] = rest.steps {
            self.store.remove(&rows.at, &bytes)?;
            return Ok(Edit::Changed);
        }
        if self.store.get(&rows.at, &bytes)?.is_none() {
            return Ok(Edit::Kept);
        }
        let mut edited = element.clone();
        let edit = rest.go(self, Spot::Data(&mut edited, true))?;
        if edit != Edit::Kept {
            self.store.remove(&rows.at, &bytes)?;
        }
        match edit {
            Edit::Changed => self.put_element(step, rows, edited),
            Edit::Removed => Ok(Edit::Changed),
            Edit::Kept => Ok(Edit::Kept),
        }
    }
}
