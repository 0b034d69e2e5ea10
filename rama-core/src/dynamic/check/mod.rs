//! A path against the type of the data: turns it into a plan, or says which step cannot work there.
//!
//! Where the type says nothing (`json`, a type of the program, behind a function), literals are taken as they
//! are and the data decides at evaluation.

mod control;
mod keys;
mod positions;
mod sets;
mod values;

use super::data::Data;
use super::error::{DynamicError, Place};
use super::navigator::Kind;
use super::path::{Argument, Path, Step as Written};
use super::plan::{Nav, Plan, Step, Steps};
use super::types::Type;
use serde_json::Value as Json;
use std::sync::Arc;

/// Plans a path that reads.
pub(super) fn plan_select(path: &Path, ty: &Type) -> Result<Plan, DynamicError> {
    let mut checker = Checker::default();
    let (steps, _) = checker.path(&path.steps, At::root(ty), Mode::Select)?;
    Ok(checker.plan(ty, steps))
}

/// Plans a path that writes.
pub(super) fn plan_transform(path: &Path, ty: &Type) -> Result<Plan, DynamicError> {
    let mut checker = Checker::default();
    let (steps, outcome) = checker.path(&path.steps, At::root(ty), Mode::Transform)?;
    match outcome {
        Outcome::Ended | Outcome::Never => Ok(checker.plan(ty, steps)),
        Outcome::Open(_) => Err(DynamicError::path(
            "a path that writes ends with a terminal on every branch: add [\"term\", function], \
             [\"termval\", value] or [\"NONE\"], or use setval with a value",
        )),
    }
}

/// Plans a path at whose end a value is set.
pub(super) fn plan_setval(path: &Path, value: &Json, ty: &Type) -> Result<Plan, DynamicError> {
    let mut checker = Checker::default();
    let (mut steps, outcome) = checker.path(&path.steps, At::root(ty), Mode::Transform)?;
    match outcome {
        Outcome::Never => {}
        Outcome::Ended => {
            return Err(DynamicError::path(
                "setval brings the value to set, so its path has no terminal: leave the terminal away, or use \
                 transform",
            ));
        }
        Outcome::Open(at) => {
            let value = Data::from_json(value, &at.ty)
                .map_err(|misfit| DynamicError::path(format!("the value to set: {misfit}")))?;
            let place = Arc::new(Place::default().branch("the value to set"));
            let id = checker.next_id();
            steps.push(Step { place, id, nav: Nav::Termval(value) });
        }
    }
    Ok(checker.plan(ty, steps))
}

#[derive(Default)]
struct Checker {
    ids: usize,
    bodies: Vec<Steps>,
    /// How many steps with several branches are around the step being checked.
    forks: usize,
    /// The recursive paths around the step being checked, with the numbers of their bodies.
    names: Vec<(String, usize)>,
}

/// Whether terminals and places that hold nothing may stand in a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Select,
    Transform,
}

/// Where a path stands after some steps.
#[derive(Clone, PartialEq)]
struct At {
    ty: Type,
    presence: Presence,
}

/// Whether something is there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Presence {
    There,
    Maybe,
    /// Nothing is, until something is written.
    Void,
}

/// What has become of a path behind a step.
#[derive(Clone, PartialEq)]
enum Outcome {
    /// It does not come there.
    Never,
    /// It goes on.
    Open(At),
    /// It ended with a terminal.
    Ended,
}

impl At {
    fn root(ty: &Type) -> Self {
        Self::there(ty.clone())
    }

    fn there(ty: Type) -> Self {
        Self { ty, presence: Presence::There }
    }

    fn maybe(ty: Type) -> Self {
        Self { ty, presence: Presence::Maybe }
    }

    fn any() -> Self {
        Self::maybe(Type::Json)
    }

    /// Where a path stands that came one of two ways.
    fn or(self, other: &Self) -> Self {
        let ty = if self.ty == other.ty { self.ty } else { Type::Json };
        Self { ty, presence: self.presence.max(other.presence) }
    }
}

impl Checker {
    fn plan(self, ty: &Type, steps: Steps) -> Plan {
        Plan { ty: ty.clone(), steps, bodies: self.bodies }
    }

    fn next_id(&mut self) -> usize {
        self.ids += 1;
        self.ids
    }

    /// Resolves the steps of a path that starts at `at`.
    fn path(
        &mut self,
        written: &[Written],
        at: At,
        mode: Mode,
    ) -> Result<(Steps, Outcome), DynamicError> {
        let mut steps = Steps::new();
        let mut outcome = Outcome::Open(at);
        for step in written {
            let at = match outcome {
                Outcome::Open(at) => at,
                // What follows is still checked, as far as it can be.
                Outcome::Never => At::any(),
                Outcome::Ended => {
                    return Err(step.place.error(
                        "stands behind a terminal: term, termval and NONE are the last step of a path",
                    ));
                }
            };
            outcome = self.step(step, at, mode, &mut steps)?;
        }
        Ok((steps, outcome))
    }

    fn step(
        &mut self,
        written: &Written,
        at: At,
        mode: Mode,
        steps: &mut Steps,
    ) -> Result<Outcome, DynamicError> {
        let mut cx = StepContext { checker: self, written, at, mode, steps };
        match written.navigator.kind {
            Kind::Keypath
            | Kind::Must
            | Kind::Field
            | Kind::MapKey
            | Kind::Submap
            | Kind::MapVals
            | Kind::MapKeys
            | Kind::KeyedVals
            | Kind::MapRange(_) => cx.keys(),
            Kind::All
            | Kind::Nthpath
            | Kind::First
            | Kind::Last
            | Kind::Beginning
            | Kind::End
            | Kind::BeforeElem
            | Kind::AfterElem
            | Kind::BeforeIndex
            | Kind::Srange
            | Kind::SrangeDynamic
            | Kind::ContinuousSubseqs
            | Kind::IndexNav
            | Kind::IndexedVals
            | Kind::UpsertBy => cx.positions(),
            Kind::SetElem | Kind::Subset | Kind::NoneElem | Kind::SetRange(_) => cx.sets(),
            Kind::Pred
            | Kind::Compare(_)
            | Kind::View
            | Kind::Size
            | Kind::NilToVal
            | Kind::NilToSet
            | Kind::NilToList
            | Kind::NilToMap
            | Kind::NoneToVal
            | Kind::Take
            | Kind::Distinct
            | Kind::Val
            | Kind::Putval
            | Kind::Dispense
            | Kind::Term
            | Kind::Termval
            | Kind::Remove => cx.values(),
            Kind::Pkey
            | Kind::Stay
            | Kind::Stop
            | Kind::Selected
            | Kind::NotSelected
            | Kind::IsCollected
            | Kind::Filterer
            | Kind::Transformed
            | Kind::IfPath
            | Kind::CondPath
            | Kind::MultiPath
            | Kind::ContinueThenStay
            | Kind::StayThenContinue
            | Kind::Subselect
            | Kind::Walker
            | Kind::Compact
            | Kind::RecursivePath
            | Kind::Recur
            | Kind::WithPageSize
            | Kind::Collect
            | Kind::CollectOne
            | Kind::WithFreshCollected => cx.control(),
        }
    }
}

/// One step while it is checked.
struct StepContext<'c, 'p> {
    checker: &'c mut Checker,
    written: &'p Written,
    at: At,
    mode: Mode,
    steps: &'c mut Steps,
}

impl<'p> StepContext<'_, 'p> {
    /// The step does this and leads there.
    fn leads(&mut self, nav: Nav, at: At) -> Result<Outcome, DynamicError> {
        self.push(nav);
        Ok(Outcome::Open(at))
    }

    fn push(&mut self, nav: Nav) {
        let id = self.checker.next_id();
        self.push_as(id, nav);
    }

    fn push_as(&mut self, id: usize, nav: Nav) {
        self.steps.push(Step { place: self.written.place.clone(), id, nav });
    }

    fn error(&self, reason: impl Into<String>) -> DynamicError {
        self.written.place.error(reason)
    }

    /// The step cannot work on the type that stands here.
    fn needs(&self, what: &str) -> DynamicError {
        self.error(format!("needs {what}, and a `{}` stands here", self.at.ty))
    }

    fn kind(&self) -> Kind {
        self.written.navigator.kind
    }

    /// A literal as data of a type.
    fn literal(&self, json: &Json, ty: &Type) -> Result<Data, DynamicError> {
        Data::from_json(json, ty).map_err(|misfit| self.error(misfit.to_string()))
    }

    fn argument(&self, index: usize) -> &'p Argument {
        &self.written.arguments[index]
    }

    fn json(&self, index: usize) -> &'p Json {
        match self.argument(index) {
            Argument::Value(json) => json,
            other => unreachable!("the table promises a value, and parsing kept it: {other:?}"),
        }
    }

    fn number(&self, index: usize) -> usize {
        match self.argument(index) {
            Argument::Number(number) => *number,
            other => unreachable!("the table promises a number, and parsing kept it: {other:?}"),
        }
    }

    fn path(&self, index: usize) -> &'p [Written] {
        match self.argument(index) {
            Argument::Path(steps) => steps,
            other => unreachable!("the table promises a path, and parsing kept it: {other:?}"),
        }
    }

    /// The path that is the last argument, which is the only one of most.
    fn last_path(&self) -> &'p [Written] {
        self.path(self.written.arguments.len() - 1)
    }

    fn name(&self) -> &'p str {
        match self.argument(0) {
            Argument::Name(name) => name,
            other => unreachable!("the table promises a name, and parsing kept it: {other:?}"),
        }
    }

    fn call(&self) -> super::function::Call {
        match self.argument(0) {
            Argument::Call(call) => call.clone(),
            other => unreachable!("the table promises a function, and parsing kept it: {other:?}"),
        }
    }

    fn literals(&self, index: usize) -> &'p [Json] {
        match self.argument(index) {
            Argument::Values(values) => values,
            other => unreachable!("the table promises a list, and parsing kept it: {other:?}"),
        }
    }
}
