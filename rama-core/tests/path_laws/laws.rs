//! Laws between operations, whatever the data: on a value in memory and on rows, which [`Model`] holds to be equal.

use crate::case::{Act, Bytes, Case, Made, bytes, cases_of_all};
use crate::cases;
use crate::dynamic::Model;
use crate::generate::{At, Choices, Walker, bare, value};
use crate::naive::{Call, Nav, Value};
use proptest::prelude::*;
use rama_core::dynamic::{Data, MemoryStructure, SubjectMut, Type, read_whole};
use serde_json::{Value as Json, json};

proptest! {
    #![proptest_config(cases(300))]

    /// Not so behind filters, which may no longer pass; behind `set_elem`, `map_key`, `MAP_KEYS` and `ALL` of a map,
    /// which lead to what is found by its own value; behind views and parts, which are not what is stored; behind
    /// `take` and `distinct`, which count; and in places for new elements, which are elsewhere the next time.
    #[test]
    fn what_setval_wrote_is_selected(case in one_act(setting_by_place)) {
        let mut model = Model::new(&case);
        let Act::Set(made, value) = &case.acts[0] else { unreachable!("it was made so") };
        let before = model.found(made);
        if model.run(&case.acts[0]) {
            let expected = before.map(|found| vec![value.clone(); found.len()]);
            prop_assert_eq!(model.found(made), expected);
        }
    }

    /// Not so with views and defaults, which write what they show; with `compact`, which removes what is empty; and
    /// with collected values, which the function gets too.
    #[test]
    fn an_identity_changes_nothing(case in one_act(identity)) {
        let mut model = Model::new(&case);
        model.run(&case.acts[0]);
        prop_assert_eq!(model.naive(), &case.data);
    }

    /// Not so by position, for the next element moves up.
    #[test]
    fn what_was_removed_is_not_selected(case in one_act(removal)) {
        let mut model = Model::new(&case);
        let Act::Write(made) = &case.acts[0] else { unreachable!("it was made so") };
        // At the top there is nothing to remove it from.
        let removes = matches!(made.path.last(), Some(step) if matches!(step.nav, Nav::Remove));
        if model.run(&case.acts[0]) && removes {
            let path = made.path[..made.path.len() - 1].to_vec();
            prop_assert_eq!(model.found(&Made { path, ..made.clone() }), Ok(vec![]));
        }
    }

    #[test]
    fn any_is_the_first_of_all(case in one_act(|choices, case| Act::Read(case.reading(choices)))) {
        let model = Model::new(&case);
        let Act::Read(made) = &case.acts[0] else { unreachable!("it was made so") };
        let plan = model.planned(made);
        for subject in model.subjects() {
            let Ok(all) = plan.select(subject) else { continue };
            prop_assert_eq!(plan.select_any(subject), Ok(all.first().cloned()));
            prop_assert_eq!(plan.selected_any(subject), Ok(!all.is_empty()));
            prop_assert_eq!(plan.select_one(subject).is_ok(), all.len() == 1);
        }
    }

    #[test]
    fn sizes_are_numbers_of_elements_after_everything(case in cases_of_all()) {
        let mut model = Model::new(&case);
        case.acts.iter().for_each(|act| _ = model.run(act));
        let mut sizes = vec![];
        collect_sizes(&case.schema, model.naive(), &mut vec![], &mut sizes);
        for (mut path, size) in sizes {
            path.push(json!(["SIZE"]));
            let found = model.select_json(path.into());
            prop_assert_eq!(found, vec![Value::count(size)]);
        }
    }

    #[test]
    fn a_transform_that_fails_at_its_end_changes_nothing(
        case in one_act(|choices, case| Act::Write(case.writing(choices))),
    ) {
        let mut model = Model::new(&case);
        let Act::Write(made) = &case.acts[0] else { unreachable!("it was made so") };
        let fails = vec![
            Nav::View(Call::of("list")).into(),
            Nav::Term(Call::of("inc")).into(),
        ];
        let path = vec![Nav::MultiPath(vec![made.path.clone(), fails]).into()];
        let failing = Act::Write(Made { path, mixes_types: true, ..made.clone() });
        prop_assert!(!model.run(&failing));
        model.run(&Act::Flush);
        prop_assert_eq!(model.naive(), &case.data);
    }

    #[test]
    fn no_row_stays_behind(case in cases_of_all()) {
        let mut rows = filled(&case.schema, &case.data.to_json());
        for act in &case.acts {
            let plan = match act {
                Act::Write(made) => made.parsed().to_transform(&case.schema),
                Act::Set(made, value) => made.parsed().to_setval(&value.to_json(), &case.schema),
                Act::Read(_) | Act::Flush | Act::Reopen => continue,
            };
            // Whether it fails or not, there are the rows that the data needs.
            _ = plan.unwrap().transform(SubjectMut::Rows(&mut rows));
            let now = read_whole(&rows, &case.schema).unwrap();
            if now != Data::Null {
                prop_assert_eq!(rows.rows(), filled(&case.schema, &now.to_json()).rows());
            }
        }
    }

    #[test]
    fn what_is_made_again_is_empty(case in bytes(2).prop_map(|bytes| made_again(&bytes))) {
        let mut model = Model::new(&case);
        case.acts.iter().for_each(|act| _ = model.run(act));
    }
}

/// Rows in memory with this content.
fn filled(schema: &Type, data: &Json) -> MemoryStructure {
    let mut rows = MemoryStructure::new();
    let here: rama_core::dynamic::Path = "[]".parse().unwrap();
    let fill = here.to_setval(data, schema).unwrap();
    fill.transform(SubjectMut::Rows(&mut rows)).unwrap();
    rows
}

/// Cases of one operation.
fn one_act(act: fn(&mut Choices<'_>, &Case) -> Act) -> impl Strategy<Value = Case> {
    bytes(1).prop_map(move |bytes| {
        let mut case = Case::without_acts(&bytes);
        case.acts.push(act(&mut Choices::new(&bytes.acts[0]), &case));
        case
    })
}

/// A path of these steps only, and where it leads.
fn path_of(choices: &mut Choices<'_>, case: &Case, allowed: fn(&Nav, &At) -> bool) -> (Made, At) {
    let mut at = At::top(&case.schema, &case.data);
    let mut walker = Walker::of(choices, allowed);
    let path = walker.steps(&mut at, 8);
    walker.needs_value(&at);
    (Made::new(path, &walker), at)
}

fn is_list(at: &At) -> bool {
    matches!(bare(&at.ty), Type::List(_) | Type::Vec(_) | Type::Tuple(_))
}

fn is_map(at: &At) -> bool {
    matches!(bare(&at.ty), Type::Map(..) | Type::BTreeMap(..) | Type::Record(_))
}

/// Steps to places that stay where they are, whatever is written there.
fn setting_by_place(choices: &mut Choices<'_>, case: &Case) -> Act {
    let (made, at) = path_of(choices, case, |nav, at| match nav {
        Nav::Keypath(_)
        | Nav::Index(_)
        | Nav::Part(_)
        | Nav::Must(_)
        | Nav::MapVals
        | Nav::Nth(_)
        | Nav::NilTo(_)
        | Nav::Stay => true,
        Nav::First | Nav::Last | Nav::All => is_list(at),
        _ => false,
    });
    let value = match value(choices, &at.ty) {
        // A default stands in for it.
        Value::Nil => value(choices, bare(&at.ty)),
        value => value,
    };
    Act::Set(made, value)
}

fn identity(choices: &mut Choices<'_>, case: &Case) -> Act {
    let (mut made, _) = path_of(choices, case, |nav, _| {
        !matches!(
            nav,
            Nav::View(_)
                | Nav::Size
                | Nav::Transformed(_)
                | Nav::NilTo(_)
                | Nav::Compact(_)
                | Nav::KeyedVals
                | Nav::Val
                | Nav::Putval(_)
                | Nav::Collect(_)
                | Nav::CollectOne(_)
                // A term needs something that is there.
                | Nav::Keypath(_)
                | Nav::Index(_)
                | Nav::Part(_)
                | Nav::UpsertBy(..)
        )
    });
    made.path.push(Nav::Term(Call::of("identity")).into());
    Act::Write(made)
}

fn removal(choices: &mut Choices<'_>, case: &Case) -> Act {
    let (mut made, at) = path_of(choices, case, |nav, at| match nav {
        Nav::MapVals
        | Nav::MapKeys
        | Nav::MapKey(_)
        | Nav::All
        | Nav::SetElem(_)
        | Nav::Pred(_)
        | Nav::Compare(..)
        | Nav::Stay => true,
        Nav::Must(_) => is_map(at),
        _ => false,
    });
    // At the top there is nothing to remove it from.
    let end = if at.is_top { Nav::Stop } else { Nav::Remove };
    made.path.push(end.into());
    Act::Write(made)
}

/// Something is written, removed, and made again with nothing in it, with the rows brought into the store or not.
fn made_again(bytes: &Bytes) -> Case {
    let mut case = Case::without_acts(bytes);
    let mut choices = Choices::new(&bytes.acts[0]);
    let (made, at) = path_of(&mut choices, &case, |nav, at| {
        matches!(nav, Nav::Keypath(_)) && (is_map(at) || at.is_top)
    });
    if at.is_top {
        return case;
    }
    let mut removal = made.clone();
    removal.path.push(Nav::Remove.into());
    let fresh = value(&mut Choices::new(&bytes.acts[1]), &at.ty);
    let again = [
        Act::Set(made.clone(), fresh),
        Act::Write(removal),
        Act::Set(made, value(&mut Choices::new(&[]), &at.ty)),
    ];
    for act in again {
        case.acts.push(act);
        case.acts.extend(choices.flip().then_some(Act::Flush));
    }
    case
}

/// The paths to all structures, and how many elements they have.
fn collect_sizes(
    ty: &Type,
    value: &Value,
    path: &mut Vec<Json>,
    all: &mut Vec<(Vec<Json>, usize)>,
) {
    let inside = |key: &Value| match bare(ty) {
        Type::Map(_, inner) | Type::List(inner) => Some(inner.as_ref().clone()),
        Type::Record(fields) => {
            let field = fields.iter().find(|(name, _)| Value::text(name) == *key);
            field.map(|(_, ty)| ty.clone())
        }
        _ => None,
    };
    let Some(size) = value.size().filter(|_| *value != Value::Nil) else { return };
    all.push((path.clone(), size));
    let entries: Vec<(Value, &Value)> = match value {
        Value::Map(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::List(list) => {
            list.iter().enumerate().map(|(index, value)| (Value::count(index), value)).collect()
        }
        _ => vec![],
    };
    for (key, value) in entries {
        let Some(ty) = inside(&key) else { continue };
        path.push(json!(["keypath", key.to_json()]));
        collect_sizes(&ty, value, path, all);
        path.pop();
    }
}
