//! Closures with names: here the closure runs, and where the path is data its name says which function is meant.

use super::steps::{Steps, one};
use super::value::as_json;
use super::{Portable, PortableError};
use crate::path::builder::{Origin, Path, WritePath};
use crate::path::count::{AtMostOne, Cardinality, Many, One, Single};
use crate::path::edit::{Editor, Transform, Want};
use crate::path::field::{Field, FieldAt};
use crate::path::filter::{Pred, Tested};
use crate::path::rows::{FieldNames, FieldPlace, Fields, LeadingKey, Pager};
use crate::path::shape::{Present, Shape, Writable};
use crate::path::terminal::{Each, IsPresent, Once, Term};
use crate::path::view::{View, Visible};
use crate::path::walk::{Navigator, Then, Visitor, Walk};
use crate::path::{PathError, Removes};
use serde::Serialize;
use serde_json::Value as Json;
use std::borrow::Cow;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes on where a function says so, as [`Path::pred`]; as data the path has the name of the function, one of
    /// the [`dynamic::functions`](crate::dynamic::functions).
    ///
    /// Here the function runs, and where the data is read the one of that name: they must say the same.
    ///
    /// ```
    /// use rama_core::path::{Present, select, to_json};
    /// assert_eq!(select(&vec![1, 2], |path| path.ALL().pred_named("is_even", |n| n % 2 == 0))?, [2]);
    /// let json = to_json::<Present<Vec<i64>>, _>(|path| path.ALL().pred_named("is_even", |n| n % 2 == 0))?;
    /// assert_eq!(json.to_string(), r#"[["ALL"],["pred","is_even"]]"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pred_named<F, N>(
        self,
        name: impl Into<FunctionName>,
        function: F,
    ) -> Path<R, Then<P, N>, S, C::And<AtMostOne>>
    where
        S: Tested<Step<Named<Pred<F>>> = N>,
        F: Fn(S::Seen<'_>) -> bool,
    {
        self.then(S::step(Named::new(name, Pred(function))))
    }

    /// Goes to what a function makes of the value, as [`Path::view`]; as data the path has the name of the function,
    /// as with [`Path::pred_named`].
    ///
    /// ```
    /// use rama_core::path::{FunctionName, Present, select, to_json};
    /// let with_five = FunctionName::new("add").with(&5)?;
    /// let json = to_json::<Present<Vec<i64>>, _>(|path| path.ALL().view_named(with_five, |n| n + 5))?;
    /// assert_eq!(json.to_string(), r#"[["ALL"],["view","add",5]]"#);
    /// assert_eq!(select(&vec!["a".to_owned()], |path| path.ALL().view_named("upper", |s| s.to_uppercase()))?, ["A"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn view_named<U, F, To, N>(
        self,
        name: impl Into<FunctionName>,
        function: F,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: Visible<Step<Named<View<F, U>>> = N, To<U> = To>,
        F: Fn(S::Seen<'_>) -> U,
        U: 'static,
    {
        self.then(S::step(Named::new(name, View::new(function))))
    }

    /// Goes to a field of a struct, as [`Path::field`]; as data the path has the name of the field: what serde calls
    /// it, or its number in a tuple.
    ///
    /// ```
    /// use rama_core::path::{Present, select_one, to_json};
    /// struct User { name: String }
    /// let ada = User { name: "Ada".to_owned() };
    /// let name = select_one(&ada, |path| path.named_field("name", |user| &user.name, |user| &mut user.name))?;
    /// assert_eq!(name, "Ada");
    /// let json = to_json::<Present<User>, _>(|path| {
    ///     path.named_field("name", |user| &user.name, |user| &mut user.name)
    /// })?;
    /// assert_eq!(json.to_string(), r#"[["keypath","name"]]"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn named_field<U, To, N, G, M>(
        self,
        name: &'static str,
        get: G,
        edit: M,
    ) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: FieldAt<U, To = To, Step<Named<Field<G, M, U>>> = N>,
        G: Fn(&S::Record) -> &U,
        M: Fn(&mut S::Record) -> &mut U,
        U: 'static,
    {
        self.then(S::step(Named::new(name, Field::new(get, edit))))
    }
}

/// One place at most, or many: the function runs once, or once for each.
macro_rules! term_named {
    ($([$($parameter:ident)?] $count:ty, $function:ident, |$f:ident| $times:ident($held:expr);)*) => {$(
        impl<R: Origin, P, S: Shape $(, $parameter)?> Path<R, P, S, $count> {
            /// Replaces the value by what a function makes of it, as [`Path::term`]; as data the path has the name of
            /// the function, as with [`Path::pred_named`]. Collected values come first.
            ///
            /// ```
            /// use rama_core::path::{Present, to_json, transform};
            /// let mut list = vec![1, 2];
            /// transform(&mut list, |path| path.ALL().term_named("inc", |n| n + 1))?;
            /// assert_eq!(list, [2, 3]);
            /// let json = to_json::<Present<Vec<i64>>, _>(|path| path.nthpath(0).term_named("inc", |n| n + 1))?;
            /// assert_eq!(json.to_string(), r#"[["nthpath",0],["term","inc"]]"#);
            /// # Ok::<(), Box<dyn std::error::Error>>(())
            /// ```
            pub fn term_named<F, W, T>(
                self,
                name: impl Into<FunctionName>,
                $f: F,
            ) -> WritePath<R, W, T>
            where
                S: IsPresent<Step<Named<Term<$times<F>>>> = T, Way<P> = W>,
                S::Value: Clone,
                F: $function(S::Args<'_, <S as Shape>::Value>) -> S::Value,
            {
                self.end(S::way, S::step(Named::new(name, Term($times($held)))))
            }
        }
    )*};
}

term_named! {
    [M] Single<M>, FnOnce, |function| Once(Some(function));
    [] Many, FnMut, |function| Each(function);
}

/// A function by its name, with the arguments that it gets behind the value.
#[derive(Clone, PartialEq, Debug)]
pub struct FunctionName {
    name: Cow<'static, str>,
    arguments: Vec<Json>,
}

impl FunctionName {
    /// The function of this name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), arguments: Vec::new() }
    }

    /// The same function with one more argument.
    ///
    /// # Errors
    /// [`PortableError::Value`].
    pub fn with<T: Serialize>(mut self, argument: &T) -> Result<Self, PortableError> {
        self.arguments.push(as_json(argument)?);
        Ok(self)
    }

    /// The arguments of a step that calls it.
    fn call(&self) -> Result<Vec<Json>, PortableError> {
        let mut call = one(&self.name)?;
        call.extend_from_slice(&self.arguments);
        Ok(call)
    }
}

impl From<&'static str> for FunctionName {
    fn from(name: &'static str) -> Self {
        Self::new(name)
    }
}

/// A step or terminal with closures, and the name that it has as data.
#[derive(Clone, Debug)]
pub struct Named<N> {
    name: FunctionName,
    step: N,
}

impl<N> Named<N> {
    fn new(name: impl Into<FunctionName>, step: N) -> Self {
        Self { name: name.into(), step }
    }
}

macro_rules! calls {
    ($([$($parameter:ident),*] $step:ty: $name:literal;)*) => {$(
        impl<S: Shape, $($parameter),*> Portable<S> for Named<$step> {
            fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
                steps.stay($name, self.name.call()?);
                Ok(())
            }
        }
    )*};
}

calls! {
    [F] Pred<F>: "pred";
    [F, U] View<F, U>: "view";
    [F] Term<F>: "term";
}

impl<T: 'static, G, M, U> Portable<Present<T>> for Named<Field<G, M, U>> {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        let name = &*self.name.name;
        match name.parse::<u32>() {
            Ok(index) => steps.go("nthpath", one(&index)?),
            Err(_) => steps.go("keypath", one(name)?),
        }
        Ok(())
    }
}

/// The name that is stored counts, which may be another one.
impl<F, U, G, M> Portable<Fields<F>> for Named<Field<G, M, U>>
where
    F: FieldNames,
    U: FieldPlace,
    G: Fn(&F::Keys) -> &U,
{
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        Portable::<Fields<F>>::write(&self.step, steps)
    }
}

impl<S: Shape, M: Navigator<S>> Navigator<S> for Named<M> {
    type To = M::To;
    type Count = M::Count;
    const STAYS: bool = M::STAYS;
    const SCANS: bool = M::SCANS;

    #[inline]
    fn select<N: Visitor<M::To>>(&self, at: S::Ref<'_>, next: &mut N) -> Walk {
        self.step.select(at, next)
    }

    fn select_page<N: Visitor<M::To>>(
        &self,
        at: S::Ref<'_>,
        pager: &mut Pager,
        next: &mut N,
    ) -> Walk {
        self.step.select_page(at, pager, next)
    }

    fn home(&self) -> Option<&dyn LeadingKey> {
        self.step.home()
    }
}

#[diagnostic::do_not_recommend]
impl<S: Writable, M: Transform<S>> Transform<S> for Named<M> {
    const SAME_VALUE: bool = M::SAME_VALUE;

    #[inline]
    fn transform<E: Editor<Self::To>>(
        &self,
        at: S::Place<'_>,
        next: &mut E,
    ) -> Result<S::Change, PathError> {
        self.step.transform(at, next)
    }
}

impl<S: Writable, T: Editor<S>> Editor<S> for Named<T> {
    const WANTS: Want = T::WANTS;
    const REMOVES: bool = T::REMOVES;

    #[inline]
    fn edit(&mut self, at: S::Place<'_>) -> Result<S::Change, PathError> {
        self.step.edit(at)
    }
}

#[diagnostic::do_not_recommend]
impl<S, P, N> Removes<S> for Then<P, Named<N>> where Then<P, N>: Removes<S> {}
