//! Checks the navigators that look at one value: filters, views, collected constants, terminals.

use super::{At, Mode, Outcome, Presence, StepContext};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::navigator::Kind;
use crate::dynamic::plan::Nav;
use crate::dynamic::types::{Shape, Type};
use std::collections::{BTreeMap, BTreeSet};

impl StepContext<'_, '_> {
    pub(super) fn values(&mut self) -> Result<Outcome, DynamicError> {
        let here = self.at.clone();
        match self.kind() {
            Kind::Pred => self.leads(Nav::Pred(self.call()), here),
            Kind::Compare(comparison) => {
                // A value that may be null is compared with values that are not.
                let value = self.literal(self.json(0), here.ty.without_option());
                let value = if self.json(0).is_null() { Data::Null } else { value? };
                self.leads(Nav::Compare(comparison, value), here)
            }
            Kind::View => {
                let nav = Nav::View { call: self.call(), ty: here.ty };
                self.leads(nav, At::there(Type::Json))
            }
            Kind::Size => {
                if matches!(here.ty.shape(), Shape::Plain) {
                    return Err(self.needs("a list, a set or a map"));
                }
                self.leads(Nav::Size { ty: here.ty }, At::there(Type::Json))
            }
            Kind::NilToVal => {
                let ty = here.ty.without_option().clone();
                let value = self.literal(self.json(0), &ty)?;
                self.leads(Nav::NilTo(value), At::there(ty))
            }
            Kind::NilToSet | Kind::NilToList | Kind::NilToMap => self.nil_to_empty(),
            Kind::NoneToVal => {
                let value = self.literal(self.json(0), &here.ty)?;
                self.leads(Nav::NoneTo(value), At::there(here.ty))
            }
            Kind::Take => {
                // Inside one of several branches, the others go on.
                let ends = self.checker.names.is_empty() && self.checker.forks == 0;
                self.leads(Nav::Take { count: self.number(0), ends }, here)
            }
            Kind::Distinct => self.leads(Nav::Distinct, here),
            Kind::Val => self.leads(Nav::Val, here),
            Kind::Putval => {
                let value = self.literal(self.json(0), &Type::Json)?;
                self.leads(Nav::Putval(value), here)
            }
            Kind::Dispense => self.leads(Nav::Dispense, here),
            _ => self.terminal(),
        }
    }

    fn nil_to_empty(&mut self) -> Result<Outcome, DynamicError> {
        let shape = self.at.ty.shape();
        let (fits, what, empty) = match self.kind() {
            Kind::NilToSet => (matches!(shape, Shape::Set(_)), "a set", Data::Set(BTreeSet::new())),
            Kind::NilToList => (matches!(shape, Shape::List(_)), "a list", Data::List(Vec::new())),
            _ => (
                matches!(shape, Shape::Map(..) | Shape::Record(_)),
                "a map",
                Data::Map(BTreeMap::new()),
            ),
        };
        if !fits && !matches!(shape, Shape::Any) {
            return Err(self.needs(what));
        }
        let at = At::there(self.at.ty.without_option().clone());
        self.leads(Nav::NilTo(empty), at)
    }

    fn terminal(&mut self) -> Result<Outcome, DynamicError> {
        if self.mode == Mode::Select {
            return Err(self.error(
                "writes, and this path only reads: use transform, or leave the terminal away",
            ));
        }
        let ty = self.at.ty.clone();
        let nav = match self.kind() {
            Kind::Termval => Nav::Termval(self.literal(self.json(0), &ty)?),
            Kind::Remove => Nav::Remove,
            _ => {
                match self.at.presence {
                    Presence::Maybe if !ty.is_any() => {
                        return Err(self.error(format!(
                            "needs a value, and a `{ty}` may be missing here: insert [\"nil_to_val\", default] in \
                             front, or use must instead of keypath"
                        )));
                    }
                    Presence::Void => {
                        return Err(self.error(
                            "needs a value, and the place holds none yet: use termval, or insert \
                             [\"none_to_val\", default] in front",
                        ));
                    }
                    Presence::There | Presence::Maybe => {}
                }
                Nav::Term { call: self.call(), ty }
            }
        };
        self.push(nav);
        Ok(Outcome::Ended)
    }
}
