//! Random schemas, data that fits them, and paths that fit both.
//!
//! Everything is decided by random bytes, which proptest makes and shrinks: fewer and smaller bytes make simpler things.

mod argument;
mod data;
mod inner;
mod schema;
mod step;
mod terminal;

pub(crate) use data::value;
pub(crate) use schema::schema;

use crate::naive::{Nav, Path, Step, Value, fit, select};
use rama_core::dynamic::Type;

/// Makes decisions out of random bytes; without more of them, always the first.
pub(crate) struct Choices<'c>(&'c [u8]);

impl<'c> Choices<'c> {
    pub(crate) fn new(bytes: &'c [u8]) -> Self {
        Self(bytes)
    }

    /// One of so many.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        usize::from(*first) % count
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.below(2) == 1
    }

    /// Yes in one of so many cases.
    pub(crate) fn rarely(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    pub(crate) fn pick<'t, T>(&mut self, all: &'t [T]) -> &'t T {
        &all[self.below(all.len())]
    }
}

/// Where a path stands that is being made.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) ty: Type,
    pub(crate) presence: Presence,
    pub(crate) store: Store,
    /// Whether nothing is around the place, so that nothing can be removed there.
    pub(crate) is_top: bool,
    /// How many values were collected, at most.
    pub(crate) collected: usize,
    /// A value that stands at such a place, where one was found: arguments are taken from it.
    pub(crate) sample: Option<Value>,
}

/// Whether something stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Presence {
    There,
    Maybe,
    /// Nothing, until something is written.
    Void,
}

/// Whether rows keep a place apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Store {
    /// It is one value, or inside of one.
    Value,
    /// It is a part of a structure in rows.
    Part,
    /// It is a structure in rows.
    Rows,
}

impl At {
    /// The beginning of every path.
    pub(crate) fn top(ty: &Type, data: &Value) -> Self {
        let store = if ty.is_stored_by_rows() { Store::Rows } else { Store::Value };
        Self {
            ty: ty.clone(),
            presence: Presence::There,
            store,
            is_top: true,
            collected: 0,
            sample: Some(data.clone()),
        }
    }

    /// The type of the collection that stands here, if one does.
    fn bare(&self) -> &Type {
        bare(&self.ty)
    }

    /// Whether something in rows stands directly inside.
    fn holds_rows(&self) -> bool {
        match self.bare() {
            Type::Map(_, inner) | Type::List(inner) => inner.has_rows(),
            Type::Record(fields) => fields.iter().any(|(_, ty)| ty.has_rows()),
            // Anything, such as one of several fields.
            Type::Json => self.store != Store::Value,
            _ => false,
        }
    }
}

/// The type without `Option` and `Subindexed` around it.
pub(crate) fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Option(inner) | Type::Subindexed(inner, _) => bare(inner),
        other => other,
    }
}

fn without_option(ty: &Type) -> &Type {
    match ty {
        Type::Option(inner) => without_option(inner),
        other => other,
    }
}

/// Makes the steps of one path.
pub(crate) struct Walker<'w, 'c> {
    pub(crate) choices: &'w mut Choices<'c>,
    /// Whether places that hold nothing may be led to.
    writes: bool,
    /// Which steps may be taken; the others are left out.
    allowed: fn(&Nav, &At) -> bool,
    /// Paths inside of paths that may still be made.
    depth: usize,
    ids: usize,
    /// Whether rows may refuse the path, because it takes a structure of theirs whole or moves one.
    pub(crate) rows_may_refuse: bool,
    /// Whether one step writes to places of several types, so that what fits none of them may be written and then
    /// be overwritten: rows refuse it at once.
    pub(crate) mixes_types: bool,
}

/// As deep as people write paths inside of paths.
const DEPTH_MAX: usize = 2;

impl<'w, 'c> Walker<'w, 'c> {
    pub(crate) fn new(choices: &'w mut Choices<'c>, writes: bool) -> Self {
        Self {
            choices,
            writes,
            allowed: |_, _| true,
            depth: DEPTH_MAX,
            ids: 0,
            rows_may_refuse: false,
            mixes_types: false,
        }
    }

    /// For paths of these steps only.
    pub(crate) fn of(choices: &'w mut Choices<'c>, allowed: fn(&Nav, &At) -> bool) -> Self {
        Self { allowed, ..Self::new(choices, false) }
    }

    /// Some steps from a place, which becomes the one they lead to.
    pub(crate) fn steps(&mut self, at: &mut At, most: usize) -> Path {
        let mut path = vec![];
        for _ in 0..1 + self.choices.below(most) {
            self.step(at, &mut path);
        }
        path
    }

    /// Takes a step that leads to another place.
    fn lead(&mut self, at: &mut At, path: &mut Path, nav: Nav, to: At) {
        if !(self.allowed)(&nav, at) {
            return;
        }
        let step = self.made(at, nav);
        let found = at.sample.as_ref().and_then(|sample| {
            let found = select(sample, std::slice::from_ref(&step)).ok()?.into_iter();
            // Behind what was collected stands the value.
            match (&step.nav, found.take(1).next()?) {
                (Nav::KeyedVals, Value::List(pair)) => pair.into_iter().next_back(),
                (_, value) => Some(value),
            }
        });
        // Where no type was known on the way, what is here need not have this one.
        let fits = |value: &Value| fit(&to.ty, value.clone()).is_ok_and(|same| same == *value);
        *at = At { sample: found.filter(|value| *value != Value::Nil && fits(value)), ..to };
        path.push(step);
    }

    /// Takes a step that stays, or whose place the caller knows, and says whether it was taken.
    fn stay(&mut self, at: &At, path: &mut Path, nav: Nav) -> bool {
        let is_allowed = (self.allowed)(&nav, at);
        if is_allowed {
            let step = self.made(at, nav);
            path.push(step);
        }
        is_allowed
    }

    fn made(&mut self, at: &At, nav: Nav) -> Step {
        self.ids += 1;
        Step { nav, here: Some(at.ty.clone()), id: self.ids }
    }

    /// A step needs the whole value that stands here.
    pub(crate) fn needs_value(&mut self, at: &At) {
        self.rows_may_refuse |= match at.store {
            Store::Value => false,
            Store::Part => at.holds_rows(),
            Store::Rows => true,
        };
    }

    /// A step loads what stands here, element by element.
    fn needs_elements(&mut self, at: &At) {
        self.rows_may_refuse |= at.store != Store::Value && at.holds_rows();
    }
}
