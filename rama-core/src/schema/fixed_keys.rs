//! Fixed keys: named parts, each with a schema of its own (PS-05).

use super::Nested;
use crate::path::rows::{FieldNames, FieldPlace, FixedKey};

/// A struct whose fields are fixed keys. Made by `#[derive(FixedKeys)]`, which also makes it a
/// [`Schema`](super::Schema) and [`Nested`].
pub trait FixedKeys: FieldNames {
    /// Shows every field to a visitor, in order.
    fn fields<F: FieldVisitor>(visitor: &mut F);
}

/// Gets the fields of fixed keys.
pub trait FieldVisitor {
    /// Called with each field.
    fn field<S: Nested>(&mut self, name: &'static str);
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
    text::<T, Described>()
}

/// The text of fixed keys, as [`Schema::layout`](super::Schema::layout). Fields may come and go (PS-77).
#[must_use]
pub fn layout<T: FixedKeys>() -> String {
    text::<T, LaidOut>()
}

/// How deep the deepest field is, and one level for the fields themselves.
#[must_use]
pub const fn levels(fields: &[u8]) -> u8 {
    let mut most = 0;
    let mut at = 0;
    while at < fields.len() {
        if fields[at] > most {
            most = fields[at];
        }
        at += 1;
    }
    most
}

fn text<T: FixedKeys, F: FieldVisitor + Default + Into<String>>() -> String {
    let mut fields = F::default();
    T::fields(&mut fields);
    format!("{{ {} }}", fields.into())
}

#[derive(Default)]
struct Described(Vec<String>);

#[derive(Default)]
struct LaidOut(Vec<String>);

impl FieldVisitor for Described {
    fn field<S: Nested>(&mut self, name: &'static str) {
        self.0.push(format!("{name}: {}", S::describe()));
    }
}

impl FieldVisitor for LaidOut {
    fn field<S: Nested>(&mut self, name: &'static str) {
        self.0.push(format!("{name}: {}", S::layout()));
    }
}

impl From<Described> for String {
    fn from(fields: Described) -> Self {
        fields.0.join(", ")
    }
}

impl From<LaidOut> for String {
    fn from(fields: LaidOut) -> Self {
        fields.0.join(", ")
    }
}
