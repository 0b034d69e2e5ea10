//! Checks the navigators of maps and records, and the sorted ranges of maps and sets.

use super::{At, Outcome, StepContext};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::navigator::{Kind, Span};
use crate::dynamic::path::{Argument, Bounds};
use crate::dynamic::plan::{Made, Nav, Range};
use crate::dynamic::types::{Shape, Type};
use serde_json::Value as Json;
use std::ops::Bound;

impl StepContext<'_, '_> {
    pub(super) fn keys(&mut self) -> Result<Outcome, DynamicError> {
        match self.kind() {
            Kind::Keypath | Kind::Must | Kind::Field => self.keypath(),
            Kind::MapKey => {
                let (key_ty, _) = self.map()?;
                let key = self.literal(self.json(0), &key_ty)?;
                self.leads(Nav::MapKey(key), At::there(key_ty))
            }
            Kind::Submap => {
                let (key_ty, _) = self.map()?;
                let keys = self.literals(0).iter().map(|json| self.literal(json, &key_ty));
                let keys = keys.collect::<Result<_, _>>()?;
                let part = self.part();
                self.leads(Nav::Submap(keys), part)
            }
            Kind::MapKeys => {
                let (key_ty, _) = self.map()?;
                self.leads(Nav::MapKeys, At::there(key_ty))
            }
            Kind::KeyedVals => {
                let value_ty = match self.at.ty.shape() {
                    Shape::List(element) => element.clone(),
                    _ => self.map()?.1,
                };
                self.leads(Nav::KeyedVals, At::there(value_ty))
            }
            Kind::MapRange(span) => {
                let (key_ty, _) = self.map()?;
                let range = self.range(span, &key_ty)?;
                let part = self.part();
                self.leads(Nav::MapRange(range), part)
            }
            _ => {
                let (_, value_ty) = self.map()?;
                self.leads(Nav::MapVals, At::there(value_ty))
            }
        }
    }

    /// The types of keys and values of the map that has to stand here.
    fn map(&self) -> Result<(Type, Type), DynamicError> {
        match self.at.ty.shape() {
            Shape::Any => Ok((Type::Json, Type::Json)),
            Shape::Map(key, value) => Ok((key.clone(), value.clone())),
            Shape::Record(fields) => {
                let types = fields.iter().map(|(_, ty)| ty.clone());
                Ok((Type::Text, common(types)))
            }
            _ => Err(self.needs("a map")),
        }
    }

    /// A part of a collection is such a collection, as one value.
    pub(super) fn part(&self) -> At {
        let mut ty = self.at.ty.without_option();
        if let Type::Subindexed(inner, _) = ty {
            ty = inner;
        }
        At::there(ty.clone())
    }

    /// Several keys are several steps.
    fn keypath(&mut self) -> Result<Outcome, DynamicError> {
        let must = self.kind() == Kind::Must;
        for index in 0..self.written.arguments.len() {
            let (key, ty, made) = self.child(self.json(index))?;
            self.push(Nav::Key { key, must, made });
            self.at = if must { At::there(ty) } else { At::maybe(ty) };
        }
        Ok(Outcome::Open(self.at.clone()))
    }

    fn child(&self, json: &Json) -> Result<(Data, Type, Made), DynamicError> {
        let is_field = self.kind() == Kind::Field;
        match self.at.ty.shape() {
            Shape::Any => {
                let made = if json.is_string() { Made::Map } else { Made::Unclear };
                Ok((self.literal(json, &Type::Json)?, Type::Json, made))
            }
            Shape::Record(fields) => {
                let found = json.as_str().and_then(|name| self.at.ty.field(name));
                let Some(ty) = found else {
                    let names: Vec<_> = fields.iter().map(|(name, _)| format!("`{name}`")).collect();
                    let names = names.join(", ");
                    return Err(self.error(format!("there is no field {json}: there are {names}")));
                };
                Ok((self.literal(json, &Type::Text)?, ty.clone(), Made::Map))
            }
            _ if is_field => Err(self.needs("a record")),
            Shape::Map(key, value) => Ok((self.literal(json, key)?, value.clone(), Made::Map)),
            Shape::List(element) => {
                let (key, _) = self.index(json)?;
                Ok((key, element.clone(), Made::List))
            }
            Shape::Tuple(elements) => {
                let (key, index) = self.index(json)?;
                let ty = elements.get(index).ok_or_else(|| self.beyond(index))?;
                Ok((key, ty.clone(), Made::Nothing))
            }
            Shape::Array(element, count) => {
                let (key, index) = self.index(json)?;
                if index >= count {
                    return Err(self.beyond(index));
                }
                Ok((key, element.clone(), Made::Nothing))
            }
            Shape::Set(_) => Err(self.error(format!(
                "needs a map, a record or a list, and a `{}` stands here: an element of a set is found by set_elem",
                self.at.ty
            ))),
            Shape::Plain => Err(self.needs("a map, a record or a list")),
        }
    }

    fn index(&self, json: &Json) -> Result<(Data, usize), DynamicError> {
        let index = json.as_u64().and_then(|index| usize::try_from(index).ok());
        let index = index.ok_or_else(|| {
            self.error(format!(
                "a `{}` stands here, whose elements are found by an index from 0, not by {json}",
                self.at.ty
            ))
        })?;
        Ok((Data::count(index), index))
    }

    pub(super) fn beyond(&self, index: usize) -> DynamicError {
        self.error(format!("there is no element {index} in a `{}`", self.at.ty))
    }

    /// A range over keys or elements of this type.
    pub(super) fn range(&self, span: Span, ty: &Type) -> Result<Range, DynamicError> {
        let all = Range {
            from: Bound::Unbounded,
            to: Bound::Unbounded,
            amount_max: None,
            counts_from_end: false,
        };
        let bounds = match self.written.arguments.last() {
            Some(Argument::Bounds(bounds)) => *bounds,
            _ => Bounds::default(),
        };
        let bound = |key, inclusive| {
            if inclusive { Bound::Included(key) } else { Bound::Excluded(key) }
        };
        Ok(match span {
            Span::Between => {
                let from = self.literal(self.json(0), ty)?;
                let to = self.literal(self.json(1), ty)?;
                if from > to {
                    let (from, to) = (from.plain_text(), to.plain_text());
                    return Err(
                        self.error(format!("the range ends at {to} before it starts at {from}"))
                    );
                }
                Range {
                    from: bound(from, bounds.start_inclusive.unwrap_or(true)),
                    to: bound(to, bounds.end_inclusive.unwrap_or(false)),
                    ..all
                }
            }
            Span::From => Range {
                from: bound(self.literal(self.json(0), ty)?, bounds.inclusive.unwrap_or(true)),
                amount_max: bounds.amount_max,
                ..all
            },
            Span::To => Range {
                to: bound(self.literal(self.json(0), ty)?, bounds.inclusive.unwrap_or(false)),
                amount_max: bounds.amount_max,
                counts_from_end: true,
                ..all
            },
            Span::FromStart => Range { amount_max: Some(self.number(0)), ..all },
            Span::ToEnd => Range { amount_max: Some(self.number(0)), counts_from_end: true, ..all },
        })
    }
}

/// The type that all of these are, or none in particular.
pub(super) fn common(types: impl IntoIterator<Item = Type>) -> Type {
    let merged = types.into_iter().reduce(|one, other| if one == other { one } else { Type::Json });
    merged.unwrap_or(Type::Json)
}
