//! Paths that are data: every navigator with its edge cases, over JSON, over typed values and over rows.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

#[path = "dynamic/limits.rs"]
mod limits;
#[path = "dynamic/navigators.rs"]
mod navigators;
#[path = "dynamic/random.rs"]
mod random;
#[path = "dynamic/rows.rs"]
mod rows;
#[path = "dynamic/typed.rs"]
mod typed;

use rama_core::dynamic::{
    Data, DynamicError, MemoryStructure, Path, ReadStructure, Subject, SubjectMut, Type,
    WriteStructure, read_whole,
};
use rama_core::standalone::Untyped;
use serde_json::Value as Json;

/// Runs one operation over a value of a type: what is selected, or what the data becomes.
fn run(
    op: &str,
    path: &str,
    value: Option<&str>,
    data: &Json,
    ty: &Type,
) -> Result<Json, DynamicError> {
    let path: Path = path.parse()?;
    let mut data = Data::from_json(data, ty)?;
    if op == "select" {
        let found = path.to_select(ty)?.select(&data)?;
        return Ok(found.iter().map(Data::to_json).collect());
    }
    let plan = match value {
        Some(value) => path.to_setval(&serde_json::from_str(value).unwrap(), ty)?,
        None => path.to_transform(ty)?,
    };
    let before = data.clone();
    let done = plan.transform(&mut data);
    if done.is_err() {
        assert_eq!(data, before, "a failed transform changes nothing");
    }
    done.map(|_| data.to_json())
}

/// The same over rows in memory, which are filled with the data first.
fn run_on_rows(
    op: &str,
    path: &str,
    value: Option<&str>,
    data: &Json,
    ty: &Type,
) -> Result<Json, DynamicError> {
    run_on(&mut MemoryStructure::new(), op, path, value, data, ty)
}

/// The same over the rows of a PState of that schema, in its store.
fn run_on_pstate(
    op: &str,
    path: &str,
    value: Option<&str>,
    data: &Json,
    ty: &Type,
) -> Result<Json, DynamicError> {
    run_on(&mut Untyped::in_memory(ty.clone()).unwrap(), op, path, value, data, ty)
}

fn run_on(
    rows: &mut dyn WriteStructure,
    op: &str,
    path: &str,
    value: Option<&str>,
    data: &Json,
    ty: &Type,
) -> Result<Json, DynamicError> {
    let path: Path = path.parse()?;
    fill(rows, data, ty);
    if op == "select" {
        let found = path.to_select(ty)?.select(Subject::Rows(&*rows))?;
        return Ok(found.iter().map(Data::to_json).collect());
    }
    let plan = match value {
        Some(value) => path.to_setval(&serde_json::from_str(value).unwrap(), ty)?,
        None => path.to_transform(ty)?,
    };
    let before = whole(rows, ty);
    let done = plan.transform(SubjectMut::Rows(rows));
    if done.is_err() {
        assert_eq!(whole(rows, ty), before, "a failed transform changes nothing");
    }
    done.map(|_| whole(rows, ty))
}

/// Rows with this content.
fn filled(data: &Json, ty: &Type) -> MemoryStructure {
    let mut rows = MemoryStructure::new();
    fill(&mut rows, data, ty);
    rows.take_counts();
    rows
}

fn fill(rows: &mut dyn WriteStructure, data: &Json, ty: &Type) {
    let here: Path = "[]".parse().unwrap();
    here.to_setval(data, ty).unwrap().transform(SubjectMut::Rows(rows)).unwrap();
}

/// All that the rows hold.
fn whole(rows: &dyn ReadStructure, ty: &Type) -> Json {
    read_whole(rows, ty).unwrap().to_json()
}

fn select_json(rows: &MemoryStructure, ty: &Type, steps: &[Json]) -> Vec<Json> {
    let path = Path::from_json(&Json::from(steps.to_vec())).unwrap();
    let found = path.to_select(ty).unwrap().select(Subject::Rows(rows)).unwrap();
    found.iter().map(Data::to_json).collect()
}

/// The same content whatever order and form its JSON has.
fn canonical(data: &Json, ty: &Type) -> Json {
    Data::from_json(data, ty).unwrap().to_json()
}
