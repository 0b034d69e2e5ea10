//! Which types can be the schema of a PState, and which can be keys.

use super::Type;
use crate::dynamic::error::DynamicError;

/// Elements of a tuple that is a key: as many as typed keys have.
const TUPLE_MAX: usize = 6;

impl Type {
    /// Whether a PState can have this schema: a map, a record or a plain value at the top, `Subindexed` only
    /// around a map, set or list of a schema, and keys whose bytes have an order (PS-01 to PS-06, PS-20).
    ///
    /// # Errors
    /// [`DynamicError::Schema`], which says what to write instead.
    pub fn check_schema(&self) -> Result<(), DynamicError> {
        match self {
            Self::Set(_) | Self::List(_) | Self::Subindexed(..) => {
                let plain = match self {
                    Self::Set(element) => format!(", or the plain value `BTreeSet<{element}>`"),
                    Self::List(element) => format!(", or the plain value `Vec<{element}>`"),
                    _ => String::new(),
                };
                refuse(format!(
                    "`{self}` cannot stand at the top of a PState: write `Map<K, {self}>`{plain}"
                ))
            }
            _ => check(self, true),
        }
    }

    /// Whether values of this type can be keys of maps and elements of sets (PS-02, PS-03).
    ///
    /// # Errors
    /// [`DynamicError::Schema`], which names what has no order.
    pub fn check_key(&self) -> Result<(), DynamicError> {
        match self {
            Self::Int(int) if int.has_fixed_width() => Ok(()),
            Self::Int(int) => refuse(format!(
                "the width of `{}` depends on the machine, so it cannot be a key: write `{}64`",
                int.name(),
                &int.name()[..1]
            )),
            Self::Bool | Self::Char | Self::Text | Self::Uuid | Self::Unit => Ok(()),
            Self::Option(inner) => check_option(inner).and_then(|()| inner.check_key()),
            Self::Vec(inner) | Self::Array(inner, _) => inner.check_key(),
            Self::Tuple(elements) if elements.len() > TUPLE_MAX => {
                refuse(format!("a tuple that is a key has at most {TUPLE_MAX} elements: {self}"))
            }
            Self::Tuple(elements) => elements.iter().try_for_each(Self::check_key),
            Self::Opaque(name) => refuse(format!(
                "only the program that has the type `{name}` knows the order of its keys: write the type of \
                 what it is made of, such as `(u64, String)`"
            )),
            Self::Float(_)
            | Self::Json
            | Self::Map(..)
            | Self::Set(_)
            | Self::List(_)
            | Self::BTreeMap(..)
            | Self::BTreeSet(_)
            | Self::Record(_)
            | Self::Subindexed(..) => refuse(format!(
                "`{self}` cannot be a key: keys are numbers with a fixed width, `bool`, `char`, `String`, \
                 `Vec<u8>`, `Uuid`, and tuples, arrays, `Option`s and `Vec`s of these"
            )),
        }
    }
}

/// `schema` says whether schemas may stand here; inside plain values they may not.
fn check(ty: &Type, schema: bool) -> Result<(), DynamicError> {
    match ty {
        Type::Map(..) | Type::Set(_) | Type::List(_) | Type::Subindexed(..) if !schema => {
            refuse(format!(
                "`{ty}` stands inside a plain value: write `BTreeMap`, `BTreeSet` or `Vec` there, without \
                 `Subindexed`"
            ))
        }
        Type::Map(key, value) => key.check_key().and_then(|()| check(value, true)),
        Type::Set(element) => element.check_key(),
        Type::List(element) => check(element, true),
        Type::Subindexed(inner, _) => match **inner {
            Type::Map(..) | Type::Set(_) | Type::List(_) => check(inner, true),
            _ => refuse(format!(
                "`{inner}` cannot be subindexed: only a `Map`, `Set` or `List` has elements to store one by one"
            )),
        },
        Type::Record(fields) => fields.iter().try_for_each(|(_, field)| check(field, schema)),
        Type::BTreeMap(key, value) => {
            check(key, false)?;
            check(value, false)
        }
        Type::Option(inner) => check_option(inner).and_then(|()| check(inner, false)),
        Type::BTreeSet(inner) | Type::Vec(inner) | Type::Array(inner, _) => check(inner, false),
        Type::Tuple(elements) => elements.iter().try_for_each(|element| check(element, false)),
        Type::Json
        | Type::Unit
        | Type::Bool
        | Type::Char
        | Type::Text
        | Type::Uuid
        | Type::Int(_)
        | Type::Float(_)
        | Type::Opaque(_) => Ok(()),
    }
}

/// JSON has one null only.
fn check_option(inner: &Type) -> Result<(), DynamicError> {
    match inner {
        Type::Option(_) | Type::Unit | Type::Json => refuse(format!(
            "`Option<{inner}>` has two kinds of null, which JSON cannot tell apart: write `{}`",
            if matches!(inner, Type::Unit) { "bool".to_owned() } else { inner.to_string() }
        )),
        _ => Ok(()),
    }
}

fn refuse(reason: String) -> Result<(), DynamicError> {
    Err(DynamicError::Schema { reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), DynamicError> {
        text.parse::<Type>().unwrap().check_schema()
    }

    #[test]
    fn maps_records_and_plain_values_are_schemas() {
        for text in [
            "Map<String, Subindexed<Map<i64, Set<u64>>>>",
            "Map<(u8, Option<String>), List<Subindexed<List<Post>>>>",
            "{ name: String, followers: Subindexed<Set<[u8; 3]>, Uncounted> }",
            "Map<Vec<u8>, { likes: u64, tags: BTreeSet<String> }>",
            "u64",
            "Vec<Option<f64>>",
            "json",
            "Map<u64, json>",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused_with_what_to_write() {
        for (text, part) in [
            ("Set<u64>", "write `Map<K, Set<u64>>`, or the plain value `BTreeSet<u64>`"),
            ("List<u64>", "or the plain value `Vec<u64>`"),
            ("Subindexed<Map<u8, u8>>", "write `Map<K, Subindexed<Map<u8, u8>>>`"),
            ("Map<f64, u8>", "`f64` cannot be a key"),
            ("Map<usize, u8>", "write `u64`"),
            ("Map<u8, Set<Post>>", "only the program that has the type `Post`"),
            ("Map<u8, Set<json>>", "`json` cannot be a key"),
            ("Map<u8, Subindexed<u64>>", "`u64` cannot be subindexed"),
            ("Map<u8, Subindexed<BTreeMap<u8, u8>>>", "cannot be subindexed"),
            ("Map<u8, Subindexed<{ a: u8 }>>", "cannot be subindexed"),
            ("Map<u8, Option<Map<u8, u8>>>", "stands inside a plain value"),
            ("Map<u8, Vec<Subindexed<Set<u8>>>>", "stands inside a plain value"),
            ("Map<u8, Option<Option<u8>>>", "two kinds of null"),
            ("Map<(u8, u8, u8, u8, u8, u8, u8), u8>", "at most 6 elements"),
        ] {
            let message = check(text).unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn what_contains_something_subindexed_is_stored_by_rows() {
        for (text, rows) in [
            ("Subindexed<Set<u64>>", true),
            ("List<{ a: Subindexed<Set<u64>> }>", true),
            ("Map<u8, Map<u8, Subindexed<List<u8>>>>", true),
            ("Map<u8, Map<u8, List<u8>>>", false),
            ("Vec<u8>", false),
        ] {
            assert_eq!(text.parse::<Type>().unwrap().has_rows(), rows, "{text}");
        }
    }
}
