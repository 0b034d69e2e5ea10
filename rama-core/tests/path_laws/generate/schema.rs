//! Random schemas: structures, counted and not, and plain collections, at all levels.

use super::Choices;
use rama_core::dynamic::{Int, Tracking, Type};

/// Levels of collections inside of each other.
const DEPTH_MAX: usize = 4;

/// A schema that a PState can have.
pub(crate) fn schema(choices: &mut Choices<'_>) -> Type {
    match choices.below(16) {
        0..=10 => map(choices, DEPTH_MAX),
        11..=14 => record(choices, DEPTH_MAX),
        _ => plain(choices, 2),
    }
}

fn boxed(ty: Type) -> Box<Type> {
    Box::new(ty)
}

fn map(choices: &mut Choices<'_>, depth: usize) -> Type {
    let key = key(choices);
    Type::Map(boxed(key), boxed(inside(choices, depth - 1)))
}

fn record(choices: &mut Choices<'_>, depth: usize) -> Type {
    let count = 1 + choices.below(3);
    let fields = ["a", "b", "c"].into_iter().take(count);
    Type::Record(fields.map(|name| (name.to_owned(), inside(choices, depth - 1))).collect())
}

/// What stands in a map or record of a schema.
fn inside(choices: &mut Choices<'_>, depth: usize) -> Type {
    if depth == 0 {
        return plain(choices, 1);
    }
    let structure = match choices.below(10) {
        0 | 1 => return plain(choices, 2),
        2 => return record(choices, depth),
        3 | 4 => map(choices, depth),
        5 | 6 => Type::Set(boxed(key(choices))),
        _ => Type::List(boxed(inside(choices, depth - 1))),
    };
    match choices.below(4) {
        0 => structure,
        1 if !matches!(structure, Type::List(_)) => {
            Type::Subindexed(boxed(structure), Tracking::Uncounted)
        }
        _ => Type::Subindexed(boxed(structure), Tracking::Counted),
    }
}

/// Keys in whose bytes something can go wrong: signs, lengths, several parts.
fn key(choices: &mut Choices<'_>) -> Type {
    match choices.below(8) {
        0..=2 => Type::Int(Int::U8),
        3 | 4 => Type::Text,
        5 => Type::Int(Int::I8),
        6 => Type::Tuple(vec![Type::Int(Int::U8), Type::Bool]),
        _ => Type::Bool,
    }
}

/// The type of a plain value.
fn plain(choices: &mut Choices<'_>, depth: usize) -> Type {
    if depth == 0 {
        return match choices.below(8) {
            0..=3 => Type::Int(Int::I64),
            4 => Type::Int(Int::U8),
            5 => Type::Bool,
            _ => Type::Text,
        };
    }
    match choices.below(12) {
        0..=5 => plain(choices, 0),
        6 => Type::Option(boxed(plain(choices, 0))),
        7 => Type::Tuple(vec![plain(choices, 0), plain(choices, 0)]),
        8 => Type::Vec(boxed(plain(choices, depth - 1))),
        9 => Type::BTreeSet(boxed(key(choices))),
        10 => Type::BTreeMap(boxed(key(choices)), boxed(plain(choices, depth - 1))),
        _ => Type::Vec(boxed(Type::Int(Int::U8))),
    }
}
