//! Paths without closures as data: the JSON form that [`dynamic::Path`](crate::dynamic::Path) reads.
//!
//! A path that is built with types here can so be sent to a process that has the data, or be kept. [`Portable`] is
//! what every step has that is data only; a path with a closure in it does not compile where it is needed, except
//! where the closure also has a name (`pred_named` and its kin). Reading the form is not done here.

mod closures;
mod ends;
mod inside;
mod kinds;
mod named;
mod steps;
mod value;
mod navigators;

pub use closures::{PortableField, PortableTerm, PortableTest, PortableUpdate, PortableView};
pub use kinds::InOrder;
pub use named::{FunctionName, Named};
pub use steps::Steps;

use super::builder::{Bare, Origin, Path, WritePath};
use super::shape::Shape;
use super::{Inner, Navigator};
use serde_json::Value as Json;

/// A step of a path, or its terminal, that is data only, standing on the shape `S`.
#[diagnostic::on_unimplemented(
    message = "this path cannot be data: a step of it is code of this program, `{Self}`",
    label = "a step of this path takes a closure, or is a navigator of one's own",
    note = "a path as data goes by keys, values and names: compare with `pred_eq`, `pred_gt` and their kin, or name \
            one of the `dynamic::functions()` with `pred_named`, `view_named` and `term_named`"
)]
pub trait Portable<S: Shape> {
    /// Writes what it does behind the steps before it.
    ///
    /// # Errors
    /// [`PortableError`], where its data or its place in the path has no form.
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError>;
}

/// Why a path has no form as data.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PortableError {
    /// A key or a value refused to be serialised.
    #[error("a key or value of the path cannot be data: {reason}")]
    Value {
        /// What its type said.
        reason: String,
    },
    /// An `srange` to the end of the list, which data has only by number.
    #[error("a path that is data needs the end of an `srange`: write `srange({from}..end)`")]
    OpenRange {
        /// Where the range begins.
        from: usize,
    },
    /// A `take` or `distinct` that begins anew at every place of the path around it.
    #[error(
        "in a path that is data `{navigator}` counts in all the places of the path together, and here it would \
         count in each of them: use it behind the steps that lead to one place, or in a `collect`"
    )]
    CountsApart {
        /// Which of them.
        navigator: &'static str,
    },
    /// A `distinct` that would look at collected values, too.
    #[error(
        "in a path that is data `distinct` looks at the value alone, and values are collected here: put `DISPENSE` \
         in front of it"
    )]
    DistinctCollected,
    /// A `NONE` behind branches, some of which lead into a part of a collection or into an `Option`.
    #[error(
        "in a path that is data `NONE` must mean the same behind all branches: give each branch its own terminal"
    )]
    MixedRemoval,
    /// A `recur` outside of its own `recursive_path`.
    #[error("`recur` has nothing to go on with: use it only inside of its own `recursive_path`")]
    AgainOutside,
}

/// The JSON of a path from the shape `S`, built in a closure as everywhere: `path!` does as well.
///
/// ```
/// use rama_core::dynamic::{Data, Path, Type};
/// use rama_core::path::{Present, to_json};
/// use serde_json::json;
/// use std::collections::BTreeMap;
///
/// type Ages = BTreeMap<String, u64>;
/// let grown_up = to_json::<Present<Ages>, _>(|path| path.MAP_VALS().pred_ge(18))?;
/// assert_eq!(grown_up, json!([["MAP_VALS"], ["pred_ge", 18]]));
///
/// // Where the data is.
/// let ages: Type = "BTreeMap<String, u64>".parse()?;
/// let data = Data::from_json(&json!({"ada": 36, "bob": 7}), &ages)?;
/// let found = Path::from_json(&grown_up)?.to_select(&ages)?.select(&data)?;
/// assert_eq!(found, [Data::from(36_u64)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`Path::to_json`].
pub fn to_json<S: Shape, Q: PortablePath<S>>(
    path: impl FnOnce(Inner<S>) -> Q,
) -> Result<Json, PortableError> {
    path(Inner::start(Bare::new())).into_json()
}

/// A whole path from the shape `S` that can be data.
#[diagnostic::on_unimplemented(
    message = "this path cannot be data",
    label = "this is no path from where it should begin, or a step of it is code"
)]
pub trait PortablePath<S: Shape> {
    /// Its JSON.
    ///
    /// # Errors
    /// [`PortableError`].
    fn into_json(self) -> Result<Json, PortableError>;
}

impl<S: Shape, P: Portable<S>, To, C> PortablePath<S> for Path<Bare<S>, P, To, C> {
    fn into_json(self) -> Result<Json, PortableError> {
        self.to_json()
    }
}

impl<S, P, T> PortablePath<S> for WritePath<Bare<S>, P, T>
where
    S: Shape,
    P: Navigator<S> + Portable<S>,
    T: Portable<P::To>,
{
    fn into_json(self) -> Result<Json, PortableError> {
        self.to_json()
    }
}

impl<R: Origin, P, S, C> Path<R, P, S, C> {
    /// The path as data, in the form that [`dynamic::Path`](crate::dynamic::Path) reads. It compiles where no step
    /// takes a closure.
    ///
    /// Keys and values are what serde makes of them, in the JSON forms of [`dynamic::Data`](crate::dynamic::Data).
    /// A `keypath(k).PRESENT()` becomes `must`, a `NONE` of a part of a collection removes each element of it, and
    /// one that empties an `Option` becomes the `termval` that does it. How deep a `recursive_path` goes is up to the reader.
    ///
    /// ```
    /// use rama_core::path::{Bare, Path, Present};
    /// use std::collections::BTreeMap;
    /// let path = Path::start(Bare::<Present<BTreeMap<(u8, char), Vec<i64>>>>::new());
    /// let path = path.must((1, 'a')).ALL().selected(|path| path.pred_gt(7)).to_json()?;
    /// assert_eq!(path.to_string(), r#"[["must",[1,"a"]],["ALL"],["selected",["pred_gt",7]]]"#);
    /// # Ok::<(), rama_core::path::PortableError>(())
    /// ```
    ///
    /// # Errors
    /// Where a key or value cannot be serialised, or a step has no form where it stands: see [`PortableError`].
    pub fn to_json(&self) -> Result<Json, PortableError>
    where
        P: Portable<R::Root>,
    {
        Steps::of(|steps| self.navigator.write(steps))
    }
}

impl<R: Origin, P, T> WritePath<R, P, T> {
    /// The path and its terminal as data, as [`Path::to_json`].
    ///
    /// ```
    /// use rama_core::path::{Bare, Path, Present};
    /// use std::collections::BTreeMap;
    /// let path = Path::start(Bare::<Present<BTreeMap<u64, Vec<u8>>>>::new());
    /// let path = path.keypath(7).AFTER_ELEM().termval(1).to_json()?;
    /// assert_eq!(path.to_string(), r#"[["keypath",7],["AFTER_ELEM"],["termval",1]]"#);
    /// # Ok::<(), rama_core::path::PortableError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Path::to_json`].
    pub fn to_json(&self) -> Result<Json, PortableError>
    where
        P: Navigator<R::Root> + Portable<R::Root>,
        T: Portable<P::To>,
    {
        Steps::of(|steps| self.write_steps::<R::Root>(steps))
    }

    /// The steps and then the terminal.
    fn write_steps<S: Shape>(&self, steps: &mut Steps) -> Result<(), PortableError>
    where
        P: Navigator<S> + Portable<S>,
        T: Portable<P::To>,
    {
        steps.in_a_row::<P::Count>(
            |steps| self.navigator.write(steps),
            |steps| self.terminal.write(steps),
        )
    }
}

/// A path with a terminal, as the terminal of a branch.
impl<S, R, P, T> Portable<S> for WritePath<R, P, T>
where
    S: Shape,
    P: Navigator<S> + Portable<S>,
    T: Portable<P::To>,
    R: Origin,
{
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        self.write_steps::<S>(steps)
    }
}
