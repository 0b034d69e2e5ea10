//! Random data of a type: few and small, so that paths hit and elements collide.

use super::Choices;
use crate::naive::Value;
use rama_core::dynamic::{Int, Type};

/// The texts that occur. One is spelt like a navigator.
const TEXTS: [&str; 5] = ["a", "b", "c", "ab", "ALL"];

/// A value of a type.
pub(crate) fn value(choices: &mut Choices<'_>, ty: &Type) -> Value {
    match ty {
        Type::Subindexed(inner, _) => value(choices, inner),
        Type::Option(_) if choices.below(3) == 0 => Value::Nil,
        Type::Option(inner) => value(choices, inner),
        Type::Bool => Value::Bool(choices.flip()),
        Type::Text => Value::text(choices.pick::<&str>(&TEXTS)),
        Type::Int(Int::I8 | Int::I64) => Value::Int(i128::from(choices.below(5) as u8) - 1),
        Type::Tuple(types) => Value::List(types.iter().map(|ty| value(choices, ty)).collect()),
        Type::Vec(element) | Type::List(element) => {
            Value::List((0..choices.below(5)).map(|_| value(choices, element)).collect())
        }
        Type::Set(element) | Type::BTreeSet(element) => {
            Value::Set((0..choices.below(5)).map(|_| value(choices, element)).collect())
        }
        Type::Map(key, item) | Type::BTreeMap(key, item) => {
            let count = choices.below(5);
            Value::Map((0..count).map(|_| (value(choices, key), value(choices, item))).collect())
        }
        Type::Record(fields) => {
            let mut there = fields.clone();
            there.retain(|_| !choices.rarely(4));
            let fields = there.iter();
            Value::Map(fields.map(|(name, ty)| (Value::text(name), value(choices, ty))).collect())
        }
        // Numbers without a sign, and values of no type in particular.
        _ => Value::count(choices.below(4)),
    }
}
