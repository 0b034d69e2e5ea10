//! Whether rows that lie under one layout are found under another one.

use super::Type;

impl Type {
    /// Whether rows that were stored under the layout `stored` are found where this one says: fixed keys may come
    /// (PS-77), everything else must be the same. A fixed key that goes would leave its rows behind. Both are what
    /// [`Schema::layout`](crate::schema::Schema::layout) says.
    pub(crate) fn finds(&self, stored: &Self) -> bool {
        match (self, stored) {
            (Self::Map(key, value), Self::Map(stored_key, stored_value)) => {
                key == stored_key && value.finds(stored_value)
            }
            (Self::List(element), Self::List(stored_element)) => element.finds(stored_element),
            (Self::Subindexed(inner, tracking), Self::Subindexed(stored_inner, stored)) => {
                tracking == stored && inner.finds(stored_inner)
            }
            (Self::Record(fields), Self::Record(stored_fields)) => {
                stored_fields.iter().all(|(name, stored)| {
                    let field = fields.iter().find(|(other, _)| other == name);
                    field.is_some_and(|(_, field)| field.finds(stored))
                })
            }
            _ => self == stored,
        }
    }
}

/// As [`Type::finds`], of layouts as text. A layout that cannot be read is found by itself only.
pub(crate) fn layout_finds(layout: &str, stored: &str) -> bool {
    layout == stored
        || match (layout.parse::<Type>(), stored.parse::<Type>()) {
            (Ok(layout), Ok(stored)) => layout.finds(&stored),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_keys_may_come_and_nothing_else() {
        let stored = "Map<u64, { name: _, follows: Subindexed<Set<u64>> }>";
        let found = [stored, "Map<u64, { name: _, age: _, follows: Subindexed<Set<u64>> }>"];
        for layout in found {
            assert!(layout_finds(layout, stored), "{layout}");
        }
        let lost = [
            "Map<i64, { name: _, follows: Subindexed<Set<u64>> }>",
            "Map<u64, { name: _, follows: Subindexed<Set<String>> }>",
            "Map<u64, { name: _, follows: Set<u64> }>",
            "Map<u64, { follows: Subindexed<Set<u64>> }>",
            "Map<u64, { name: _, follows: _ }>",
            "Map<u64, _>",
        ];
        for layout in lost {
            assert!(!layout_finds(layout, stored), "{layout}");
        }
    }
}
