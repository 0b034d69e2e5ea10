//! stub
mod data;
mod error;
mod function;
mod navigator;
mod nearest;
mod path;
mod check;
mod plan;
mod structure;
mod types;
pub use data::Data;
pub use error::{DynamicError, Misfit, Place};
pub use types::{Float, Int, Tracking, Type};
pub use function::{Function, functions};
pub use navigator::{Example, Navigator, navigators};
pub use path::Path;
