//! Fixed keys: a structure whose elements have names and schemas of their own (PS-05).

use super::map::{RowsMut, RowsRef};
use super::structure::{Address, Element, Structure};
use super::{Fate, Stored};
use crate::path::edit::{Editor, Transform};
use crate::path::field::{Field, FieldAt};
use crate::path::shape::{Shape, Writable, shorten};
use crate::path::step::step_itself;
use crate::path::{Navigator, One, PathError, Visitor, Walk};
use std::fmt::{self, Debug, Formatter};
use std::marker::PhantomData;

/// The elements of the fixed keys `F`, each in a row or a structure of its own. Each may be missing.
pub struct Fields<F>(PhantomData<fn() -> F>);

/// A struct whose fields are fixed keys. Derived together with `FixedKeys`.
pub trait FieldNames: 'static {
    /// A struct with the same fields, each of type [`FixedKey`].
    type Keys: 'static;
    /// Its only value.
    const KEYS: &'static Self::Keys;
}

/// One fixed key: its name, and the schema of what stands there.
pub struct FixedKey<S> {
    name: &'static str,
    schema: PhantomData<fn() -> S>,
}

impl<S> FixedKey<S> {
    /// The key with this name.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, schema: PhantomData }
    }
}

impl<S> Debug for FixedKey<S> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A key of fixed keys, by the shape that stands there.
pub trait FieldPlace: 'static {
    /// The shape of what stands there.
    type There: Stored;

    /// The stored name.
    fn name(&self) -> &'static str;
}

impl<S> FixedKey<S> {
    /// The stored name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<F: 'static> Shape for Fields<F> {
    type Ref<'a> = RowsRef<'a>;
    type Value = ();
    shorten!();
}

impl<F: 'static> Writable for Fields<F> {
    type Place<'a> = RowsMut<'a>;
    type Change = Fate;

    #[inline]
    fn shorten_place<'short, 'long: 'short>(at: RowsMut<'long>) -> RowsMut<'short> {
        at.shorten()
    }
}

#[diagnostic::do_not_recommend]
impl<F: FieldNames, U: FieldPlace> FieldAt<U> for Fields<F> {
    type Record = F::Keys;
    type To = <U::There as Stored>::Perhaps;
    step_itself!();
}

impl<F, U, G, M> Navigator<Fields<F>> for Field<G, M, U>
where
    F: FieldNames,
    U: FieldPlace,
    G: Fn(&F::Keys) -> &U,
{
    type To = <U::There as Stored>::Perhaps;
    type Count = One;

    fn select<N: Visitor<Self::To>>(&self, at: RowsRef<'_>, next: &mut N) -> Walk {
        let address = address(at.structure, (self.get)(F::KEYS));
        U::There::read_perhaps(at.rows, &Element::new(&address, at.structure), next)
    }
}

#[diagnostic::do_not_recommend]
impl<F, U, G, M> Transform<Fields<F>> for Field<G, M, U>
where
    F: FieldNames,
    U: FieldPlace,
    G: Fn(&F::Keys) -> &U,
{
    fn transform<E: Editor<Self::To>>(
        &self,
        at: RowsMut<'_>,
        next: &mut E,
    ) -> Result<Fate, PathError> {
        let address = address(at.structure, (self.get)(F::KEYS));
        let RowsMut { rows, structure } = at;
        U::There::write_perhaps(rows, &Element::new(&address, structure), next).map(Fate::from)
    }
}

/// Names are stored like keys that are text, so that none is the beginning of another.
fn address<U: FieldPlace>(of: &Structure<'_>, key: &U) -> Address {
    let mut address = of.address_of(key.name().as_bytes());
    address.extend_from_slice(&[0, 0]);
    address
}
