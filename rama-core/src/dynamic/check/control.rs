//! Checks the navigators that have paths as arguments.

use super::{At, Mode, Outcome, StepContext};
use crate::dynamic::error::DynamicError;
use crate::dynamic::navigator::Kind;
use crate::dynamic::path::Step as Written;
use crate::dynamic::plan::{Case, Nav, Step, Steps};
use crate::dynamic::types::Type;

impl<'p> StepContext<'_, 'p> {
    pub(super) fn control(&mut self) -> Result<Outcome, DynamicError> {
        let here = self.at.clone();
        match self.kind() {
            Kind::Pkey | Kind::Stay => Ok(Outcome::Open(here)),
            Kind::Stop => {
                self.push(Nav::Stop);
                Ok(Outcome::Never)
            }
            Kind::Selected | Kind::NotSelected => {
                let wanted = self.kind() == Kind::Selected;
                self.around(here, |path| Nav::Selected(path, wanted))
            }
            Kind::IsCollected => {
                let id = self.checker.next_id();
                let start = At::there(Type::Json);
                let (path, _) = self.checker.path(self.last_path(), start, Mode::Select)?;
                self.push_as(id, Nav::IsCollected(path));
                Ok(Outcome::Open(here))
            }
            Kind::Collect => self.around(here, Nav::Collect),
            Kind::CollectOne => self.around(here, Nav::CollectOne),
            Kind::Transformed => self.transformed(),
            Kind::IfPath | Kind::CondPath => self.cases(),
            Kind::MultiPath => self.multi_path(),
            Kind::StayThenContinue | Kind::ContinueThenStay => self.stay_and_continue(),
            Kind::Filterer | Kind::Subselect => self.subselect(),
            Kind::Walker => {
                let call = self.call();
                self.leads(Nav::Walker(call), At::there(Type::Json))
            }
            Kind::Compact => self.inside(Nav::Compact),
            Kind::WithPageSize => {
                let size = self.number(0);
                if size == 0 {
                    return Err(self.error("a page holds one row at least"));
                }
                self.inside(|path| Nav::Page(size, path))
            }
            Kind::WithFreshCollected => self.inside(Nav::Fresh),
            Kind::RecursivePath => self.recursive_path(),
            _ => self.recur(),
        }
    }

    /// A path that only looks, while the position stays.
    fn around(
        &mut self,
        here: At,
        nav: impl FnOnce(Steps) -> Nav,
    ) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let (path, _) = self.checker.path(self.last_path(), here.clone(), Mode::Select)?;
        self.push_as(id, nav(path));
        Ok(Outcome::Open(here))
    }

    /// A path that the position follows.
    fn inside(&mut self, nav: impl FnOnce(Steps) -> Nav) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let (path, outcome) = self.branch(self.last_path())?;
        self.push_as(id, nav(path));
        Ok(outcome)
    }

    fn branch(&mut self, written: &'p [Written]) -> Result<(Steps, Outcome), DynamicError> {
        self.checker.path(written, self.at.clone(), self.mode)
    }

    fn transformed(&mut self) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let here = self.at.clone();
        let (path, outcome) = self.checker.path(self.last_path(), here.clone(), Mode::Transform)?;
        if let Outcome::Open(_) = outcome {
            return Err(self.error(
                "its path says how to change the value: end it with term, termval or NONE on every branch",
            ));
        }
        self.push_as(id, Nav::Transformed { path, ty: here.ty.clone() });
        Ok(Outcome::Open(here))
    }

    /// Conditions with their paths; what is left over is the path of the last case.
    fn cases(&mut self) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let mut cases = Vec::new();
        let mut outcome = Outcome::Never;
        let count = self.written.arguments.len();
        for index in (0..count).step_by(2) {
            let (condition, path) = if index + 1 < count {
                let written = self.path(index);
                let (condition, _) = self.checker.path(written, self.at.clone(), Mode::Select)?;
                (condition, self.path(index + 1))
            } else {
                // A path without steps always finds something.
                (Steps::new(), self.path(index))
            };
            self.checker.forks += 1;
            let (path, ends) = self.branch(path)?;
            self.checker.forks -= 1;
            outcome = self.merge(outcome, ends)?;
            cases.push(Case { condition, path });
        }
        self.push_as(id, Nav::Cases(cases));
        Ok(outcome)
    }

    fn multi_path(&mut self) -> Result<Outcome, DynamicError> {
        if self.written.arguments.is_empty() {
            return Ok(Outcome::Open(self.at.clone()));
        }
        let id = self.checker.next_id();
        let mut paths = Vec::new();
        let mut outcome = Outcome::Never;
        self.checker.forks += 1;
        for index in 0..self.written.arguments.len() {
            let (path, ends) = self.branch(self.path(index))?;
            outcome = self.merge(outcome, ends)?;
            paths.push(path);
        }
        self.checker.forks -= 1;
        self.push_as(id, Nav::Multi(paths));
        Ok(outcome)
    }

    fn stay_and_continue(&mut self) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let here_first = self.kind() == Kind::StayThenContinue;
        self.checker.forks += 1;
        let (path, ends) = self.branch(self.last_path())?;
        self.checker.forks -= 1;
        let outcome = self.merge(Outcome::Open(self.at.clone()), ends)?;
        self.push_as(id, Nav::Around { path, here_first });
        Ok(outcome)
    }

    /// Where a path stands that came one of two ways.
    fn merge(&self, one: Outcome, other: Outcome) -> Result<Outcome, DynamicError> {
        match (one, other) {
            (Outcome::Never, other) => Ok(other),
            (one, Outcome::Never) => Ok(one),
            (Outcome::Ended, Outcome::Ended) => Ok(Outcome::Ended),
            (Outcome::Open(one), Outcome::Open(other)) => Ok(Outcome::Open(one.or(&other))),
            (Outcome::Ended, Outcome::Open(_)) | (Outcome::Open(_), Outcome::Ended) => {
                Err(self.error(
                    "one of its branches ends with a terminal and another does not: end all of them with one, \
                     or put the terminal behind",
                ))
            }
        }
    }

    /// `filterer path` is `subselect ALL (selected path)`.
    fn subselect(&mut self) -> Result<Outcome, DynamicError> {
        let id = self.checker.next_id();
        let (path, ty) = if self.kind() == Kind::Filterer {
            let mut path = Steps::new();
            let mut inner = StepContext {
                checker: &mut *self.checker,
                written: self.written,
                at: self.at.clone(),
                mode: Mode::Select,
                steps: &mut path,
            };
            let element = inner.elements_for_filter()?;
            let (condition, _) =
                inner.checker.path(inner.last_path(), element.clone(), Mode::Select)?;
            inner.push(Nav::Selected(condition, true));
            (path, element.ty)
        } else {
            let (path, outcome) =
                self.checker.path(self.last_path(), self.at.clone(), Mode::Select)?;
            let ty = match outcome {
                Outcome::Open(at) => at.ty,
                Outcome::Never | Outcome::Ended => Type::Json,
            };
            (path, ty)
        };
        self.push_as(id, Nav::Subselect(path));
        Ok(Outcome::Open(At::there(Type::Vec(Box::new(ty)))))
    }

    /// A recursive path can come back to its own steps with anything, so its body is for any data.
    fn recursive_path(&mut self) -> Result<Outcome, DynamicError> {
        let body = self.checker.bodies.len();
        self.checker.bodies.push(Steps::new());
        self.checker.names.push((self.name().to_owned(), body));
        let (steps, outcome) = self.checker.path(self.last_path(), At::any(), self.mode)?;
        self.checker.names.pop();
        self.checker.bodies[body] = steps;
        self.push(Nav::Recursion(body));
        Ok(outcome)
    }

    fn recur(&mut self) -> Result<Outcome, DynamicError> {
        let name = self.name();
        let found = self.checker.names.iter().rev().find(|(known, _)| known == name);
        let body = found.expect("parsing knows the names that can stand here").1;
        self.push(Nav::Recursion(body));
        // Where it leads is told by the other branches of the body.
        Ok(Outcome::Never)
    }

    fn elements_for_filter(&mut self) -> Result<At, DynamicError> {
        let element = self.any_element()?;
        let id = self.checker.next_id();
        let place = self.written.place.clone();
        self.steps.push(Step { place, id, nav: Nav::All });
        Ok(At::there(element))
    }
}
