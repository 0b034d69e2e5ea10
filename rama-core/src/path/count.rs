//! How many places a path leads to, known from its type.

use super::PathError;
use std::marker::PhantomData;

/// How many places a path or one navigator leads to: [`One`], [`AtMostOne`] or [`Many`].
pub trait Cardinality: 'static {
    /// This many times that many.
    type And<C: Cardinality>: Cardinality;
    /// The same, except that the place may also not exist.
    type Perhaps: Cardinality;
    /// What `select_one` answers.
    type Picked<T>;
    /// Whether it is one place at most.
    const SINGLE: bool;

    /// Turns what a search found, which ended at the second value, into the answer of `select_one`.
    ///
    /// # Errors
    /// [`PathError::NotExactlyOne`] when the number of values does not fit.
    fn pick<T>(first: Option<T>, found: usize) -> Result<Self::Picked<T>, PathError>;
}

/// Leads to a single place at most: [`One`] or [`AtMostOne`]. A closure of the path runs once at most, so
/// it may move what it captured.
pub struct Single<M>(PhantomData<fn() -> M>);

/// In [`Single`]: the place always exists.
pub struct Sure;

/// In [`Single`]: there may be no such place.
pub struct Unsure;

/// Leads to exactly one place (`keypath`, `nil_to_val`, `view`).
pub type One = Single<Sure>;

/// Leads to one place or to none (`must`, `set_elem`).
pub type AtMostOne = Single<Unsure>;

/// Leads to any number of places (`ALL`, `MAP_VALS`).
pub struct Many;

impl Cardinality for One {
    type And<C: Cardinality> = C;
    type Perhaps = AtMostOne;
    type Picked<T> = T;
    const SINGLE: bool = true;

    fn pick<T>(first: Option<T>, found: usize) -> Result<T, PathError> {
        first.ok_or(PathError::NotExactlyOne { found })
    }
}

impl Cardinality for AtMostOne {
    type And<C: Cardinality> = C::Perhaps;
    type Perhaps = Self;
    type Picked<T> = Option<T>;
    const SINGLE: bool = true;

    fn pick<T>(first: Option<T>, _: usize) -> Result<Option<T>, PathError> {
        Ok(first)
    }
}

impl Cardinality for Many {
    type And<C: Cardinality> = Self;
    type Perhaps = Self;
    type Picked<T> = T;
    const SINGLE: bool = false;

    fn pick<T>(first: Option<T>, found: usize) -> Result<T, PathError> {
        match first {
            Some(value) if found == 1 => Ok(value),
            _ => Err(PathError::NotExactlyOne { found }),
        }
    }
}
