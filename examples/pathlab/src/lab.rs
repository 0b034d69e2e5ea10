//! The data that requests work on, and what they do to it.

use rama_core::Error;
use rama_core::dynamic::{
    Data, DynamicError, Path, SelectPlan, Subject, SubjectMut, TransformPlan, Type, WriteStructure,
    read_whole,
};
use serde_json::{Value as Json, json};

use crate::request::{Op, Refusal, Request};
use crate::store::open_schema;

/// Data between two requests.
pub struct Lab {
    ty: Type,
    kept: Kept,
}

enum Kept {
    Value(Data),
    Rows(Box<dyn WriteStructure>),
}

impl Lab {
    /// A lab for any JSON, with null in it.
    pub fn plain() -> Self {
        Self { ty: Type::Json, kept: Kept::Value(Data::Null) }
    }

    /// A lab with an empty PState of a schema.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn of(schema: Type) -> Result<Self, Error> {
        let rows = open_schema(schema.clone())?;
        Ok(Self { ty: schema, kept: Kept::Rows(rows) })
    }

    /// Does what a request says. When it cannot, the data is as the request gave it.
    ///
    /// # Errors
    /// What is wrong with the path or the data.
    pub fn answer(&mut self, request: &Request) -> Result<Json, Refusal> {
        if let Some(data) = &request.data {
            self.put(data)?;
        }
        let path = Path::from_json(&request.path)?;
        match (request.op, &request.value) {
            (Op::Transform, _) => self.transform(&path.to_transform(&self.ty)?),
            (Op::Setval, Some(value)) => self.transform(&path.to_setval(value, &self.ty)?),
            (op, _) => self.select(op, &path.to_select(&self.ty)?),
        }
        .map_err(Refusal::from)
    }

    fn put(&mut self, data: &Json) -> Result<(), Refusal> {
        let whole = Path::from_json(&json!([]))?.to_setval(data, &self.ty);
        let whole = whole.map_err(|error| {
            Refusal::Request(error.to_string().replace("the value to set", "the data"))
        })?;
        whole.transform(self.kept.subject_mut())?;
        Ok(())
    }

    fn select(&self, op: Op, plan: &SelectPlan) -> Result<Json, DynamicError> {
        let subject = self.kept.subject();
        Ok(match op {
            Op::SelectOne => json!({"result": plan.select_one(subject)?.to_json()}),
            Op::SelectAny => match plan.select_any(subject)? {
                Some(found) => json!({"result": found.to_json()}),
                // Null alone could have been found.
                None => json!({"result": null, "found": false}),
            },
            Op::SelectedAny => json!({"result": plan.selected_any(subject)?}),
            Op::Select | Op::Transform | Op::Setval => {
                let found = plan.select(subject)?;
                json!({"result": found.iter().map(Data::to_json).collect::<Json>()})
            }
        })
    }

    /// Writes, and shows all the data after it.
    fn transform(&mut self, plan: &TransformPlan) -> Result<Json, DynamicError> {
        plan.transform(self.kept.subject_mut())?;
        let whole = match &self.kept {
            Kept::Value(data) => data.to_json(),
            Kept::Rows(rows) => read_whole(&**rows, &self.ty)?.to_json(),
        };
        Ok(json!({"result": whole}))
    }
}

impl Kept {
    fn subject(&self) -> Subject<'_> {
        match self {
            Self::Value(data) => Subject::Data(data),
            Self::Rows(rows) => Subject::Rows(&**rows),
        }
    }

    fn subject_mut(&mut self) -> SubjectMut<'_> {
        match self {
            Self::Value(data) => SubjectMut::Data(data),
            Self::Rows(rows) => SubjectMut::Rows(&mut **rows),
        }
    }
}
