//! Why steps with closures are no data, said for each of them where such a path is needed.
//!
//! The traits are promises that no type keeps.

use super::steps::Steps;
use super::{Portable, PortableError};
use crate::path::field::Field;
use crate::path::filter::Pred;
use crate::path::shape::{Present, Shape};
use crate::path::terminal::{Term, Update};
use crate::path::view::View;

/// A `pred` that is data: there is none.
#[diagnostic::on_unimplemented(
    message = "`pred` with a closure cannot be data",
    label = "a step of this path is a closure",
    note = "compare with `pred_eq`, `pred_ne`, `pred_lt`, `pred_le`, `pred_gt` or `pred_ge`, or name one of the \
            `dynamic::functions()` that says the same: `pred_named(\"is_even\", |n| n % 2 == 0)`"
)]
pub trait PortableTest {}

/// A `view` that is data: there is none.
#[diagnostic::on_unimplemented(
    message = "`view` with a closure cannot be data",
    label = "a step of this path is a closure",
    note = "name one of the `dynamic::functions()` that does the same: `view_named(\"upper\", |s| s.to_uppercase())`; \
            the size of a collection is `SIZE`"
)]
pub trait PortableView {}

/// A `term` that is data: there is none.
#[diagnostic::on_unimplemented(
    message = "`term` with a closure cannot be data",
    label = "this path ends with a closure",
    note = "write `termval(value)`, or name one of the `dynamic::functions()` that does the same: \
            `term_named(\"inc\", |n| n + 1)`"
)]
pub trait PortableTerm {}

/// An `update` that is data: there is none.
#[diagnostic::on_unimplemented(
    message = "`update` cannot be data: it takes a closure",
    label = "this path ends with a closure",
    note = "write `termval(value)`, or name one of the `dynamic::functions()` that does the same: \
            `term_named(\"inc\", |n| n + 1)`"
)]
pub trait PortableUpdate {}

/// A field of a struct that is data without a name: there is none.
#[diagnostic::on_unimplemented(
    message = "this field cannot be data: its name is not known",
    label = "a step of this path goes to a field by two functions",
    note = "write `named_field(\"name\", |it| &it.name, |it| &mut it.name)`"
)]
pub trait PortableField {}

// Written out one by one: rustc shows the place, and a macro would be all that there is to see.

impl<S: Shape, F: PortableTest> Portable<S> for Pred<F> {
    fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
        Ok(())
    }
}

impl<S: Shape, U, F: PortableView> Portable<S> for View<F, U> {
    fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
        Ok(())
    }
}

impl<S: Shape, F: PortableTerm> Portable<S> for Term<F> {
    fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
        Ok(())
    }
}

impl<S: Shape, F: PortableUpdate> Portable<S> for Update<F> {
    fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
        Ok(())
    }
}

impl<T: 'static, G: PortableField, M, U> Portable<Present<T>> for Field<G, M, U> {
    fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
        Ok(())
    }
}
