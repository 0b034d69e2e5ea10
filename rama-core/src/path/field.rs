//! `.name`: to a field of a struct, or to a fixed key (PS-05).

use super::edit::{Change, Editor, Transform};
use super::shape::{Hold, Present, Shape};
use super::step::{step, step_itself};
use super::walk::Then;
use super::{Cardinality, Navigator, One, Path, PathError, Visitor, Walk, With};
use std::marker::PhantomData;

impl<R, P, S: Shape, C: Cardinality> Path<R, P, S, C> {
    /// Goes to a field of a struct, or to what stands under a fixed key (PS-05). In the macros it is written
    /// `.name`, which stands for the two functions.
    ///
    /// ```
    /// use rama_core::path::{select_one, transform};
    /// struct User { name: String, age: u8 }
    /// let mut ada = User { name: "Ada".to_owned(), age: 36 };
    /// assert_eq!(select_one(&ada, |path| path.field(|user| &user.name, |user| &mut user.name))?, "Ada");
    /// transform(&mut ada, |path| path.field(|user| &user.age, |user| &mut user.age).term(|age| age + 1))?;
    /// assert_eq!(ada.age, 37);
    /// # Ok::<(), rama_core::path::PathError>(())
    /// ```
    pub fn field<U, To, N, G, M>(self, get: G, edit: M) -> Path<R, Then<P, N>, To, C::And<One>>
    where
        S: FieldAt<U, To = To, Step<Field<G, M, U>> = N>,
        G: Fn(&S::Record) -> &U,
        M: Fn(&mut S::Record) -> &mut U,
        U: 'static,
    {
        self.then(S::step(Field::new(get, edit)))
    }
}

impl<G, M, U> Field<G, M, U> {
    pub(super) const fn new(get: G, edit: M) -> Self {
        Self { get, edit, field: PhantomData }
    }
}

/// A shape that has fields of the type `U`.
#[diagnostic::on_unimplemented(
    message = "a field needs a struct that is there, and the path stands on `{Self}` here",
    label = "there are no fields here",
    note = "over the place of a struct that may be missing (`Maybe<T>`) insert `nil_to_val(default)` before this, \
            or use `must` instead of `keypath`"
)]
pub trait FieldAt<U>: Shape {
    /// What has the fields: the struct itself, or the names of fixed keys.
    type Record: 'static;
    /// Where the step leads.
    type To: Shape;
    step!();
}

#[diagnostic::do_not_recommend]
impl<T: 'static, U: 'static> FieldAt<U> for Present<T> {
    type Record = T;
    type To = Present<U>;
    step_itself!();
}

#[diagnostic::do_not_recommend]
impl<L: 'static, U, S: FieldAt<U>> FieldAt<U> for With<L, S> {
    type Record = S::Record;
    type To = With<L, S::To>;
    type Step<N> = super::Under<S::Step<N>>;

    #[inline]
    fn step<N>(navigator: N) -> Self::Step<N> {
        super::Under(S::step(navigator))
    }
}

/// Navigator of [`Path::field`].
#[derive(Clone, Copy)]
pub struct Field<G, M, U> {
    pub(super) get: G,
    pub(super) edit: M,
    field: PhantomData<fn() -> U>,
}

impl<T: 'static, U: 'static, G: Fn(&T) -> &U, M> Navigator<Present<T>> for Field<G, M, U> {
    type To = Present<U>;
    type Count = One;

    #[inline]
    fn select<N: Visitor<Present<U>>>(&self, at: &T, next: &mut N) -> Walk {
        next.visit((self.get)(at))
    }
}

#[diagnostic::do_not_recommend]
impl<T, U, G, M> Transform<Present<T>> for Field<G, M, U>
where
    T: 'static,
    U: 'static,
    G: Fn(&T) -> &U,
    M: Fn(&mut T) -> &mut U,
{
    #[inline]
    fn transform<E: Editor<Present<U>>>(
        &self,
        at: Hold<'_, T>,
        next: &mut E,
    ) -> Result<Change<T>, PathError> {
        at.edit(|record| {
            let field = (self.edit)(record);
            match next.edit(Hold::Lent(&mut *field))? {
                // A field cannot be removed: a path that would does not compile.
                Change::Kept | Change::Removed => return Ok(false),
                Change::InPlace => {}
                Change::Set(new) => *field = new,
            }
            Ok(true)
        })
    }
}
