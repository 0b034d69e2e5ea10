//! Checks the navigators of sets.

use super::{At, Outcome, StepContext};
use crate::dynamic::error::DynamicError;
use crate::dynamic::navigator::Kind;
use crate::dynamic::plan::Nav;
use crate::dynamic::types::{Shape, Type};

impl StepContext<'_, '_> {
    pub(super) fn sets(&mut self) -> Result<Outcome, DynamicError> {
        let element = match self.at.ty.shape() {
            Shape::Any => Type::Json,
            Shape::Set(element) => element.clone(),
            _ => return Err(self.needs("a set")),
        };
        match self.kind() {
            Kind::SetElem => {
                let value = self.literal(self.json(0), &element)?;
                self.leads(Nav::SetElem(value), At::there(element))
            }
            Kind::Subset => {
                let elements = self.literals(0).iter().map(|json| self.literal(json, &element));
                let elements = elements.collect::<Result<_, _>>()?;
                let part = self.part();
                self.leads(Nav::Subset(elements), part)
            }
            Kind::SetRange(span) => {
                let range = self.range(span, &element)?;
                let part = self.part();
                self.leads(Nav::SetRange(range), part)
            }
            _ => self.void(Nav::NoneElem, element, "subset or ALL"),
        }
    }
}
