//! Terminals as data. `term` and `update` take closures: see `closures` and `named`.

use super::steps::{Steps, one};
use super::{Portable, PortableError};
use crate::path::forked::{IfTerm, InTurn, Leave};
use crate::path::shape::Shape;
use crate::path::terminal::{Each, Once, Remove, Termval};
use serde::Serialize;

impl<S: Shape, T: Serialize> Portable<S> for Termval<Once<T>> {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        let value = self.0.0.as_ref().expect("a path that was not run still has its value");
        steps.stay("termval", one(value)?);
        Ok(())
    }
}

impl<S: Shape, T: Serialize> Portable<S> for Termval<Each<T>> {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.stay("termval", one(&self.0.0)?);
        Ok(())
    }
}

impl<S: Shape> Portable<S> for Remove {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.remove()
    }
}

impl<S: Shape> Portable<S> for Leave {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.stay("STOP", vec![]);
        Ok(())
    }
}

impl<S: Shape, A: Portable<S>, B: Portable<S>> Portable<S> for InTurn<A, B> {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.both(|steps| self.0.write(steps), |steps| self.1.write(steps))
    }
}

impl<S, I, T, O> Portable<S> for IfTerm<I, T, O>
where
    S: Shape,
    I: Portable<S>,
    T: Portable<S>,
    O: Portable<S>,
{
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.either(
            |steps| self.condition.write(steps),
            |steps| self.then.write(steps),
            |steps| self.otherwise.write(steps),
        )
    }
}
