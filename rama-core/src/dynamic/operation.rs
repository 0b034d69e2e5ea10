//! The operations: what one does with a planned path.

use super::check::{plan_select, plan_setval, plan_transform};
use super::data::Data;
use super::error::DynamicError;
use super::path::Path;
use super::plan::Plan;
use super::select::{Node, Reader, Walk, result};
use super::structure::{MemoryStructure, ReadStructure, WriteStructure};
use super::transform::{Edit, edit_data, edit_rows};
use super::types::Type;
use serde_json::Value as Json;
use std::ops::ControlFlow;

/// A path that reads data of one type.
#[derive(Clone, Debug)]
pub struct SelectPlan(Plan);

/// A path that writes data of one type.
#[derive(Clone, Debug)]
pub struct TransformPlan(Plan);

/// What is read: a value, or rows of which only those are read that a path leads to.
#[derive(Clone, Copy)]
pub enum Subject<'s> {
    /// A value of the type of the plan: see [`Type::fit`].
    Data(&'s Data),
    /// The rows of a PState of that schema.
    Rows(&'s dyn ReadStructure),
}

/// What is written.
pub enum SubjectMut<'s> {
    /// A value of the type of the plan: see [`Type::fit`].
    Data(&'s mut Data),
    /// The rows of a PState of that schema.
    Rows(&'s mut dyn WriteStructure),
}

impl Path {
    /// The path as one that reads data of this type.
    ///
    /// # Errors
    /// Which step cannot work on the type, or writes.
    pub fn to_select(&self, ty: &Type) -> Result<SelectPlan, DynamicError> {
        plan_select(self, ty).map(SelectPlan)
    }

    /// The path as one that writes data of this type: every branch of it ends with a terminal.
    ///
    /// # Errors
    /// Which step cannot work on the type, or that a terminal is missing.
    pub fn to_transform(&self, ty: &Type) -> Result<TransformPlan, DynamicError> {
        plan_transform(self, ty).map(TransformPlan)
    }

    /// The path, which has no terminal, as one that sets a value in data of this type.
    ///
    /// # Errors
    /// Which step cannot work on the type, or that the value does not fit where the path leads.
    pub fn to_setval(&self, value: &Json, ty: &Type) -> Result<TransformPlan, DynamicError> {
        plan_setval(self, value, ty).map(TransformPlan)
    }
}

impl SelectPlan {
    /// Everything the path finds, in the order of the data. What was collected on the way to a value stands in
    /// front of it, in a list (PA-10).
    ///
    /// # Errors
    /// The step that does not fit the data.
    pub fn select<'s>(&self, subject: impl Into<Subject<'s>>) -> Result<Vec<Data>, DynamicError> {
        let mut found = Vec::new();
        self.each(subject, |data| {
            found.push(data);
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// The one value that the path finds.
    ///
    /// # Errors
    /// The step that does not fit the data, and [`DynamicError::NotExactlyOne`] when it finds none or several.
    pub fn select_one<'s>(&self, subject: impl Into<Subject<'s>>) -> Result<Data, DynamicError> {
        let mut first = None;
        let mut found = 0;
        self.each(subject, |data| {
            found += 1;
            first.get_or_insert(data);
            ControlFlow::Continue(())
        })?;
        match (first, found) {
            (Some(data), 1) => Ok(data),
            _ => Err(DynamicError::NotExactlyOne { found }),
        }
    }

    /// The first value that the path finds, if there is one. The search stops there.
    ///
    /// # Errors
    /// The step that does not fit the data.
    pub fn select_any<'s>(
        &self,
        subject: impl Into<Subject<'s>>,
    ) -> Result<Option<Data>, DynamicError> {
        let mut first = None;
        self.each(subject, |data| {
            first = Some(data);
            ControlFlow::Break(())
        })?;
        Ok(first)
    }

    /// Whether the path finds anything. The search stops there; a structure that is stored row by row counts
    /// without being read.
    ///
    /// # Errors
    /// The step that does not fit the data.
    pub fn selected_any<'s>(&self, subject: impl Into<Subject<'s>>) -> Result<bool, DynamicError> {
        let mut found = false;
        self.run(subject.into(), &mut |_, _, _| {
            found = true;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(found)
    }

    /// Hands out what the path finds, one after the other, until `visit` breaks off.
    ///
    /// # Errors
    /// The step that does not fit the data.
    pub fn each<'s>(
        &self,
        subject: impl Into<Subject<'s>>,
        mut visit: impl FnMut(Data) -> ControlFlow<()>,
    ) -> Result<(), DynamicError> {
        let last = self.0.steps.last();
        self.run(subject.into(), &mut |reader, node, vals| {
            let value = match (last, &node) {
                (Some(step), node) => reader.value(step, node)?.into_owned(),
                (None, Node::Data(data)) => (*data).clone(),
                (None, Node::Missing) => Data::Null,
                (None, Node::Rows(rows)) => return Err(DynamicError::path(rows.is_no_value())),
            };
            Ok(visit(result(vals, value)))
        })
    }

    fn run(
        &self,
        subject: Subject<'_>,
        end: &mut dyn FnMut(&mut Reader<'_>, Node<'_>, &[Data]) -> Walk,
    ) -> Result<(), DynamicError> {
        let plan = &self.0;
        let flow = match subject {
            Subject::Data(data) => {
                let no_rows = MemoryStructure::new();
                let mut reader = Reader::new(&no_rows, plan, 0);
                reader.walk(&plan.steps, Node::Data(data), &[], end)
            }
            Subject::Rows(rows) => {
                let mut reader = Reader::new(rows, plan, 0);
                reader.with_root(&mut |reader, node| reader.walk(&plan.steps, node, &[], end))
            }
        };
        flow.map(drop)
    }
}

impl TransformPlan {
    /// Writes to every place that the path leads to, and says whether that was any. When something fails, nothing
    /// is changed.
    ///
    /// # Errors
    /// The step that does not fit the data, or what no longer fits the type.
    pub fn transform<'s>(&self, subject: impl Into<SubjectMut<'s>>) -> Result<Edit, DynamicError> {
        match subject.into() {
            SubjectMut::Data(data) => edit_data(&self.0, data),
            SubjectMut::Rows(rows) => edit_rows(&self.0, rows),
        }
    }
}

impl<'s> From<&'s Data> for Subject<'s> {
    fn from(data: &'s Data) -> Self {
        Self::Data(data)
    }
}

impl<'s> From<&'s dyn ReadStructure> for Subject<'s> {
    fn from(rows: &'s dyn ReadStructure) -> Self {
        Self::Rows(rows)
    }
}

impl<'s> From<&'s mut Data> for SubjectMut<'s> {
    fn from(data: &'s mut Data) -> Self {
        Self::Data(data)
    }
}

impl<'s> From<&'s mut dyn WriteStructure> for SubjectMut<'s> {
    fn from(rows: &'s mut dyn WriteStructure) -> Self {
        Self::Rows(rows)
    }
}
