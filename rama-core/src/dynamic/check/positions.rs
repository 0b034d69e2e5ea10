//! Checks the navigators of lists, and of elements whatever they are in.

use super::keys::common;
use super::{At, Mode, Outcome, Presence, StepContext};
use crate::dynamic::error::DynamicError;
use crate::dynamic::navigator::Kind;
use crate::dynamic::plan::{Insertion, Nav};
use crate::dynamic::types::{Int, Shape, Type};

const INDEX: Type = Type::Int(Int::U64);

impl StepContext<'_, '_> {
    pub(super) fn positions(&mut self) -> Result<Outcome, DynamicError> {
        match self.kind() {
            Kind::All => {
                let element = self.any_element()?;
                self.leads(Nav::All, At::there(element))
            }
            Kind::Nthpath => self.nthpath(),
            Kind::First => {
                let element = self.end_element(true)?;
                self.leads(Nav::First, At::there(element))
            }
            Kind::Last => {
                let element = self.end_element(false)?;
                self.leads(Nav::Last, At::there(element))
            }
            Kind::Beginning => self.stretch(Nav::Splice(true)),
            Kind::End => self.stretch(Nav::Splice(false)),
            Kind::BeforeElem => self.insertion(Insertion::Front),
            Kind::AfterElem => self.insertion(Insertion::Back),
            Kind::BeforeIndex => self.insertion(Insertion::Before(self.number(0))),
            Kind::Srange => {
                let (start, end) = (self.number(0), self.number(1));
                if start > end {
                    return Err(
                        self.error(format!("the range ends at {end} before it starts at {start}"))
                    );
                }
                self.stretch(Nav::Srange(start, end))
            }
            Kind::SrangeDynamic => Err(self.error(self.written.navigator.summary)),
            Kind::ContinuousSubseqs => self.stretch(Nav::Runs(self.call())),
            Kind::IndexNav => {
                self.list()?;
                self.leads(Nav::Index(self.number(0)), At::there(INDEX))
            }
            Kind::IndexedVals => {
                let element = self.list()?;
                let start = if self.written.arguments.is_empty() { 0 } else { self.number(0) };
                let pair = Type::Tuple(vec![INDEX, element]);
                self.leads(Nav::Indexed(start), At::there(pair))
            }
            _ => self.upsert_by(),
        }
    }

    /// The type of the elements of the list that has to stand here.
    fn list(&self) -> Result<Type, DynamicError> {
        match self.at.ty.shape() {
            Shape::Any => Ok(Type::Json),
            Shape::List(element) => Ok(element.clone()),
            _ => Err(self.needs("a list")),
        }
    }

    pub(super) fn any_element(&self) -> Result<Type, DynamicError> {
        Ok(match self.at.ty.shape() {
            Shape::Any => Type::Json,
            Shape::Map(key, value) => Type::Tuple(vec![key.clone(), value.clone()]),
            Shape::Record(fields) => {
                let value = common(fields.iter().map(|(_, ty)| ty.clone()));
                Type::Tuple(vec![Type::Text, value])
            }
            Shape::List(element) | Shape::Array(element, _) | Shape::Set(element) => {
                element.clone()
            }
            Shape::Tuple(elements) => common(elements.iter().cloned()),
            Shape::Plain => return Err(self.needs("a list, a set or a map")),
        })
    }

    fn end_element(&self, first: bool) -> Result<Type, DynamicError> {
        match self.at.ty.shape() {
            Shape::Tuple(elements) => {
                let found = if first { elements.first() } else { elements.last() };
                found.cloned().ok_or_else(|| self.beyond(0))
            }
            Shape::Array(element, _) | Shape::Set(element) => Ok(element.clone()),
            _ => self.list(),
        }
    }

    fn nthpath(&mut self) -> Result<Outcome, DynamicError> {
        for argument in 0..self.written.arguments.len() {
            let index = self.number(argument);
            let ty = match self.at.ty.shape() {
                Shape::Tuple(elements) => {
                    elements.get(index).cloned().ok_or_else(|| self.beyond(index))?
                }
                Shape::Array(_, count) if index >= count => return Err(self.beyond(index)),
                Shape::Array(element, _) => element.clone(),
                _ => self.list()?,
            };
            self.push(Nav::Nth(index));
            self.at = At::there(ty);
        }
        Ok(Outcome::Open(self.at.clone()))
    }

    /// To a part of the list, as one list.
    fn stretch(&mut self, nav: Nav) -> Result<Outcome, DynamicError> {
        self.list()?;
        let part = self.part();
        self.leads(nav, part)
    }

    fn insertion(&mut self, insertion: Insertion) -> Result<Outcome, DynamicError> {
        let element = self.list()?;
        self.void(Nav::Insert(insertion), element, "END or srange")
    }

    /// To a place that holds nothing yet.
    pub(super) fn void(
        &mut self,
        nav: Nav,
        ty: Type,
        instead: &str,
    ) -> Result<Outcome, DynamicError> {
        if self.mode == Mode::Select {
            return Err(self.error(format!(
                "leads to a place that holds nothing until something is written: there is nothing to select, \
                 except by {instead}"
            )));
        }
        self.leads(nav, At { ty, presence: Presence::Void })
    }

    fn upsert_by(&mut self) -> Result<Outcome, DynamicError> {
        let element = self.list()?;
        let id = self.checker.next_id();
        let start = At::there(element.clone());
        let (path, outcome) = self.checker.path(self.path(0), start, Mode::Select)?;
        let ty = match outcome {
            Outcome::Open(at) => at.ty,
            Outcome::Never | Outcome::Ended => Type::Json,
        };
        let value = self.literal(self.json(1), &ty)?;
        self.push_as(id, Nav::UpsertBy { path, value });
        Ok(Outcome::Open(At::maybe(element)))
    }
}
