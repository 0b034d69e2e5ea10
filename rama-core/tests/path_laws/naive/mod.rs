//! A naive evaluator of paths on untyped values, in the way the reference describes each navigator.
//!
//! It knows nothing of shapes, laziness or rows, and shares no code with what it is compared with: every step makes
//! a new value. Where the project differs from the reference on purpose (a path that changes nothing writes nothing,
//! nothing is created by passing through, removal is no value), so does it. Of a [`Type`](rama_core::dynamic::Type)
//! it knows only which values have it, for schemas are what makes a write an error.

mod edit;
mod fit;
mod function;
mod path;
mod places;
mod select;
mod sequence;
mod value;

pub(crate) use edit::transform;
pub(crate) use fit::fit;
pub(crate) use path::{Call, Comparison, Nav, Path, Span, Step};
pub(crate) use select::{first, found, select};
pub(crate) use value::Value;

/// Why a path fails. The texts are for whoever debugs a test.
pub(crate) type Wrong = String;
