//! Names of types as text.

use std::any::type_name;

/// The name of a type without the modules it comes from: moving a type is no change of the schema.
pub(crate) fn short_name<T>() -> String {
    let mut short = String::new();
    let mut segment_start = 0;
    for symbol in type_name::<T>().chars() {
        match symbol {
            ':' => short.truncate(segment_start),
            _ => short.push(symbol),
        }
        if !(symbol.is_alphanumeric() || symbol == '_' || symbol == ':') {
            segment_start = short.len();
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn a_description_names_types_without_modules() {
        assert_eq!(
            short_name::<BTreeMap<(u8, String), [Option<i64>; 2]>>(),
            "BTreeMap<(u8, String), [Option<i64>; 2]>"
        );
        assert_eq!(short_name::<BTreeSet<crate::id::TaskId>>(), "BTreeSet<TaskId>");
    }
}
