//! Paths that are data, over a value in memory and over the rows of a store, against the evaluator.

use crate::case::{Act, Case, Made, cases_of_all};
use crate::cases;
use crate::naive::{self, Step, Value, fit};
use crate::rows::{Rows, whole};
use proptest::prelude::*;
use rama_core::dynamic::{
    Data, DynamicError, Edit, Path, SelectPlan, Subject, SubjectMut, TransformPlan, Type,
};
use serde_json::Value as Json;
use std::fmt::Debug;

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn values_and_rows_are_what_the_evaluator_says(case in cases_of_all()) {
        let mut model = Model::new(&case);
        for act in &case.acts {
            _ = model.run(act);
        }
    }
}

/// The same data three times: as the evaluator has it, as a value, and in rows.
pub(crate) struct Model {
    schema: Type,
    naive: Value,
    value: Data,
    rows: Rows,
}

impl Model {
    pub(crate) fn new(case: &Case) -> Self {
        let text = case.schema.to_string();
        let schema: Type = text.parse().unwrap();
        assert_eq!(schema, case.schema, "a schema comes back from its text");
        schema.check_schema().unwrap();
        let json = case.data.to_json();
        let value = Data::from_json(&json, &schema).unwrap();
        assert_eq!(Value::from(&value), case.data);
        assert_eq!(Data::from_json(&value.to_json(), &schema).unwrap(), value, "JSON says all");
        let on_disk = case.acts.iter().any(|act| matches!(act, Act::Reopen));
        let rows = Rows::new(&schema, &json, on_disk);
        let model = Self { schema, naive: case.data.clone(), value, rows };
        model.check_data();
        model
    }

    /// Does something three times, and compares. Says whether it succeeded.
    pub(crate) fn run(&mut self, act: &Act) -> bool {
        let done = match act {
            Act::Read(made) => self.read(made),
            Act::Write(made) => {
                let plan = made.parsed().to_transform(&self.schema).unwrap();
                self.write(act, made, &plan)
            }
            Act::Set(made, value) => {
                let plan = made.parsed().to_setval(&value.to_json(), &self.schema).unwrap();
                self.write(act, made, &plan)
            }
            Act::Flush => {
                self.rows.flush();
                true
            }
            Act::Reopen => {
                self.rows.reopen();
                true
            }
        };
        self.check_data();
        done
    }

    /// The data, which is the same everywhere.
    pub(crate) fn naive(&self) -> &Value {
        &self.naive
    }

    pub(crate) fn subjects(&self) -> [Subject<'_>; 2] {
        [Subject::Data(&self.value), Subject::Rows(&*self.rows)]
    }

    pub(crate) fn planned(&self, made: &Made) -> SelectPlan {
        made.parsed().to_select(&self.schema).unwrap()
    }

    /// What a path finds, where it can be read.
    pub(crate) fn found(&self, made: &Made) -> Result<Vec<Value>, DynamicError> {
        self.read(made);
        self.planned(made).select(&self.value).map(values)
    }

    pub(crate) fn select_json(&self, path: Json) -> Vec<Value> {
        let plan = Path::from_json(&path).unwrap().to_select(&self.schema).unwrap();
        let found = plan.select(Subject::Rows(&*self.rows)).map(values);
        assert_eq!(found, plan.select(&self.value).map(values));
        found.unwrap()
    }

    /// The data is the same three times.
    fn check_data(&self) {
        assert_eq!(Value::from(&self.value), self.naive, "the value in memory");
        assert_eq!(whole(&*self.rows, &self.schema), self.naive, "the rows");
    }

    fn read(&self, made: &Made) -> bool {
        let plan = self.planned(made);
        let may_stop = made.to_json().to_string().contains("\"take\"");
        read_all(&self.naive, &made.path, &plan, Subject::Data(&self.value), &|_| may_stop);
        read_all(&self.naive, &made.path, &plan, Subject::Rows(&*self.rows), &|error| {
            may_stop || error.is_some_and(|error| made.rows_may_refuse && is_refusal(error))
        });
        true
    }

    fn write(&mut self, act: &Act, made: &Made, plan: &TransformPlan) -> bool {
        let path = act.written().expect("it writes");
        let expected = naive::transform(&self.naive, &path)
            .and_then(|after| after.map(|after| fit(&self.schema, after)).transpose());
        let (value, rows) = (self.value.clone(), whole(&*self.rows, &self.schema));
        let in_memory = plan.transform(&mut self.value);
        let in_rows = plan.transform(SubjectMut::Rows(&mut *self.rows));
        if in_memory.is_err() {
            assert_eq!(self.value, value, "a failed transform changes nothing: {in_memory:?}");
        }
        if in_rows.is_err() {
            let after = whole(&*self.rows, &self.schema);
            assert_eq!(after, rows, "a failed transform changes nothing in rows: {in_rows:?}");
        }
        if in_memory == Ok(Edit::Kept) {
            assert_eq!(self.value, value, "what is said to be kept is kept");
        }
        if in_rows == Ok(Edit::Kept) {
            assert_eq!(whole(&*self.rows, &self.schema), rows, "and so in rows");
        }
        if !self.schema.is_stored_by_rows() && whole(&*self.rows, &self.schema) == Value::Nil {
            // The one value of a PState can be removed; around a value in memory there is nothing.
            self.value = value;
            self.rows.fill(&self.schema, &self.naive.to_json());
            return false;
        }
        match (expected, in_memory) {
            (Ok(after), Ok(_)) => {
                if let Err(error) = &in_rows {
                    let refused = made.rows_may_refuse && is_refusal(error);
                    let refused = refused || made.mixes_types && is_misfit(error);
                    assert!(refused, "rows refuse: {error}");
                    self.value = value;
                    return false;
                }
                self.naive = after.unwrap_or_else(|| self.naive.clone());
                return true;
            }
            (Err(_), Err(_)) => {
                assert!(in_rows.is_err(), "rows take what a value in memory refuses");
            }
            // At the top, what is empty counts as removed or not.
            (Ok(None), Err(_)) if self.naive.is_empty_collection() && in_rows.is_err() => {}
            (expected, found) => panic!("expected {expected:?}, and found {found:?}"),
        }
        false
    }
}

fn values(all: Vec<Data>) -> Vec<Value> {
    all.iter().map(Value::from).collect()
}

/// The four operations that read. `tolerated` says which errors on one side are none on the other.
fn read_all(
    data: &Value,
    path: &[Step],
    plan: &SelectPlan,
    subject: Subject<'_>,
    tolerated: &dyn Fn(Option<&DynamicError>) -> bool,
) {
    let all = naive::select(data, path);
    let one = all.clone().and_then(|all| match <[Value; 1]>::try_from(all) {
        Ok([one]) => Ok(one),
        Err(all) => Err(format!("{} values", all.len())),
    });
    let found = plan.select_one(subject).map(|one| Value::from(&one));
    compare("select_one", one, found, tolerated);
    compare("select", all, plan.select(subject).map(values), tolerated);
    let found = plan.select_any(subject).map(|any| any.as_ref().map(Value::from));
    compare("select_any", naive::first(data, path), found, tolerated);
    let found = plan.selected_any(subject);
    compare("selected_any", naive::found(data, path, &[]), found, tolerated);
}

fn compare<T: PartialEq + Debug>(
    operation: &str,
    expected: Result<T, String>,
    found: Result<T, DynamicError>,
    tolerated: &dyn Fn(Option<&DynamicError>) -> bool,
) {
    match (&expected, &found) {
        (Ok(expected), Ok(found)) => assert_eq!(found, expected, "{operation}"),
        (Err(_), Err(_)) => {}
        (Ok(_), Err(error)) if tolerated(Some(error)) => {}
        (Err(_), Ok(_)) if tolerated(None) => {}
        _ => panic!("{operation}: expected {expected:?}, and found {found:?}"),
    }
}

/// What rows cannot do and a value in memory can (PS-26, PS-27).
pub(crate) fn is_refusal(error: &DynamicError) -> bool {
    let message = error.to_string();
    ["is stored row by row", "cannot be moved"].iter().any(|part| message.contains(part))
}

/// What rows notice at once and a value in memory at the end.
fn is_misfit(error: &DynamicError) -> bool {
    let message = error.to_string();
    ["does not fit", "is no key of"].iter().any(|part| message.contains(part))
}
