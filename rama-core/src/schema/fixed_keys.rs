//! Fixed keys: named parts, each with a schema of its own (PS-05).

use super::Nested;
use crate::path::rows::{FieldNames, FieldPlace, FixedKey};
use std::fmt::{self, Debug, Formatter};

/// A struct whose fields are fixed keys. Made by `#[derive(FixedKeys)]`, which also makes it a
/// [`Schema`](super::Schema) and [`Nested`].
pub trait FixedKeys: FieldNames {
    /// The fields, in order.
    const FIELDS: &'static [FieldSchema];
}

/// What stands under a fixed key.
pub struct FieldSchema {
    name: &'static str,
    depth: u8,
    describe: fn() -> String,
    layout: fn() -> String,
}

impl FieldSchema {
    /// The schema `S` under the stored name `name`.
    #[must_use]
    pub const fn of<S: Nested>(name: &'static str) -> Self {
        Self { name, depth: S::DEPTH, describe: S::describe, layout: S::layout }
    }
}

impl Debug for FieldSchema {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, (self.describe)())
    }
}

impl<S: Nested> FieldPlace for FixedKey<S> {
    type There = S::There;

    fn name(&self) -> &'static str {
        Self::name(self)
    }
}

/// The text of fixed keys, as [`Schema::describe`](super::Schema::describe).
#[must_use]
pub fn describe<T: FixedKeys>() -> String {
    text(T::FIELDS, |field| (field.describe)())
}

/// The text of fixed keys, as [`Schema::layout`](super::Schema::layout).
#[must_use]
pub fn layout<T: FixedKeys>() -> String {
    text(T::FIELDS, |field| (field.layout)())
}

/// How many levels of structures the deepest field has.
#[must_use]
pub const fn levels<T: FixedKeys>() -> u8 {
    let (mut most, mut at) = (0, 0);
    while at < T::FIELDS.len() {
        if T::FIELDS[at].depth > most {
            most = T::FIELDS[at].depth;
        }
        at += 1;
    }
    most
}

fn text(fields: &[FieldSchema], of: impl Fn(&FieldSchema) -> String) -> String {
    let fields: Vec<_> =
        fields.iter().map(|field| format!("{}: {}", field.name, of(field))).collect();
    format!("{{ {} }}", fields.join(", "))
}
