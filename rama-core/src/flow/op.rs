//! Operations that are called and emit (OP-25, OP-26, DF-L01): one that stays on its task calls a closure with each
//! emit, one that may leave it takes along who called, and with which frame the caller goes on.

use std::{
    any::{Any, TypeId},
    cell::{Cell, RefCell},
    collections::BTreeMap,
    convert::Infallible,
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Cx, Flow, Outcome, Program};
use crate::error::EventError;

/// How deep calls, emits and entered segments of one event may nest: balanced trees are far from that deep, and what
/// is needs a loop, which does not nest. Measured in a debug build, a level of a small operation takes 1.6 KiB
/// of the stack; [`crate::driver::ThreadDriver`] has room for 32 KiB. Counted in levels and not in bytes, so that
/// the same record fails everywhere.
pub(super) const LEVELS_MAX: u32 = 1_000;

/// An operation with arguments `A`, a tuple, that emits `U`.
pub struct Op<A, U> {
    slot: usize,
    types: PhantomData<fn(A) -> U>,
}

/// The place where a call comes back with a `U` to a caller's frame `F`.
pub struct Returns<U, F> {
    slot: usize,
    types: PhantomData<fn(U, F)>,
}

/// Who gets what an operation emits. It travels in the frames of an operation that leaves its task.
pub struct Caller<U> {
    held: Arc<dyn Resume<U>>,
}

/// An operation that modules share. Made by `defop!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no operation",
    label = "`use op` brings in what `defop!` makes",
    note = "a function is called without that: `name(args) :> pattern;`"
)]
pub trait Operation: 'static {
    /// What it is called with, as a tuple.
    type Args;
    /// What it emits.
    type Out;

    /// Declares it and everything in it.
    fn define(flow: &mut Flow) -> Op<Self::Args, Self::Out>;
}

impl Flow {
    /// Declares an operation that is defined further down, so that it can call itself. The label names it in errors.
    pub fn op<A, U>(&mut self, label: &'static str) -> Op<A, U> {
        Op { slot: self.ops.declare(label), types: PhantomData }
    }

    /// Defines an operation that stays on its task: to emit it calls its third argument.
    pub fn define_op<A: 'static, U: 'static, F>(&mut self, op: Op<A, U>, body: F)
    where
        F: Fn(&mut Cx<'_>, A, &dyn Fn(&mut Cx<'_>, U) -> Outcome) -> Outcome
            + Send
            + Sync
            + 'static,
    {
        let body: OpBody<A, U> = OpBody::Stays(Box::new(body));
        self.ops.define(op.slot, body);
    }

    /// Defines an operation that may leave its task: it emits with [`Cx::emit`].
    pub fn define_hopping_op<A: 'static, U: 'static, F>(&mut self, op: Op<A, U>, body: F)
    where
        F: Fn(&mut Cx<'_>, A, Caller<U>) -> Outcome + Send + Sync + 'static,
    {
        let body: OpBody<A, U> = OpBody::Hops(Box::new(body));
        self.ops.define(op.slot, body);
    }

    /// Declares where a call comes back. Its types are inferred from the first use.
    pub fn returns<U, F>(&mut self, label: &'static str) -> Returns<U, F> {
        Returns { slot: self.returns.declare(label), types: PhantomData }
    }

    /// Defines what runs for each emit that comes back, with the frame that the caller left.
    pub fn define_returns<U: 'static, F: 'static, B>(&mut self, at: Returns<U, F>, body: B)
    where
        B: Fn(&mut Cx<'_>, U, F) -> Outcome + Send + Sync + 'static,
    {
        let body: ReturnBody<U, F> = Box::new(body);
        self.returns.define(at.slot, body);
    }

    /// A shared operation, which is defined once however often, and by whomever, it is imported.
    pub fn import<O: Operation>(&mut self) -> Op<O::Args, O::Out> {
        if let Some(slot) = self.ops.imported.get(&TypeId::of::<O>()) {
            return Op { slot: *slot, types: PhantomData };
        }
        // What it calls may import it again, before it is known by which slot it goes.
        let ahead = self.ops.declare(std::any::type_name::<O>());
        self.ops.imported.insert(TypeId::of::<O>(), ahead);
        let op = O::define(self);
        self.ops.bodies[ahead] = Some(Declared::Same(op.slot));
        self.ops.imported.insert(TypeId::of::<O>(), op.slot);
        op
    }
}

impl Cx<'_> {
    /// Calls an operation that stays on its task; `then` runs for each emit.
    ///
    /// # Errors
    /// What the operation or `then` fails with, or when calls nest too deep.
    ///
    /// # Panics
    /// When the operation may leave its task: the macro emits [`Self::call_away`] then.
    pub fn call<A: 'static, U: 'static>(
        &mut self,
        op: Op<A, U>,
        args: A,
        then: &dyn Fn(&mut Cx<'_>, U) -> Outcome,
    ) -> Outcome {
        let (label, body) = self.program.ops.get::<OpBody<A, U>>(op.slot);
        let OpBody::Stays(body) = body else {
            unreachable!("`{label}` may leave its task and is called as if it stayed")
        };
        self.deeper(label)?;
        let outcome = body(self, args, then);
        self.level -= 1;
        outcome
    }

    /// Calls an operation that emits nothing; the flow goes on when it has done what it does on this task.
    ///
    /// # Errors
    /// What the operation fails with, or when calls nest too deep.
    pub fn run<A: 'static>(&mut self, op: Op<A, Infallible>, args: A) -> Outcome {
        let (label, body) = self.program.ops.get::<OpBody<A, Infallible>>(op.slot);
        self.deeper(label)?;
        let outcome = match body {
            OpBody::Stays(body) => body(self, args, &|_, never| match never {}),
            OpBody::Hops(body) => body(self, args, Caller::nobody()),
        };
        self.level -= 1;
        outcome
    }

    /// Calls any operation; what it emits comes back at `at`, on whatever task that is, with the frame.
    ///
    /// # Errors
    /// What the operation fails with, or when calls nest too deep.
    pub fn call_away<A: 'static, U: 'static, F: Clone + Send + 'static>(
        &mut self,
        op: Op<A, U>,
        args: A,
        at: Returns<U, F>,
        frame: F,
    ) -> Outcome {
        let (label, body) = self.program.ops.get::<OpBody<A, U>>(op.slot);
        self.deeper(label)?;
        let outcome = match body {
            OpBody::Stays(body) => {
                body(self, args, &|cx, value| cx.return_to(at, value, frame.clone()))
            }
            OpBody::Hops(body) => body(self, args, Caller::new(at, frame)),
        };
        self.level -= 1;
        outcome
    }

    /// Gives a value to whoever called: what follows the call runs at once, here, in this event.
    ///
    /// # Errors
    /// What the caller goes on to fail with, or when calls nest too deep.
    pub fn emit<U: 'static>(&mut self, to: &Caller<U>, value: U) -> Outcome {
        to.held.resume(self, value)
    }

    /// Goes on where something comes back.
    pub(crate) fn return_to<U: 'static, F: 'static>(
        &mut self,
        at: Returns<U, F>,
        value: U,
        frame: F,
    ) -> Outcome {
        let (label, body) = self.program.returns.get::<ReturnBody<U, F>>(at.slot);
        self.deeper(label)?;
        let outcome = body(self, value, frame);
        self.level -= 1;
        outcome
    }

    /// One level down the stack; whoever asks comes up again with `level -= 1`. An event that fails starts anew.
    pub(super) fn deeper(&mut self, label: &'static str) -> Outcome {
        if self.level >= LEVELS_MAX {
            return Err(EventError::new(format!(
                "`{label}` is nested more than {LEVELS_MAX} levels deep, calls and emits counted: make it a loop, which does not nest"
            )));
        }
        self.level += 1;
        Ok(())
    }
}

impl<U: 'static, F: 'static> Returns<U, F> {
    /// Names the place in errors.
    pub(super) fn label(self, program: &Program) -> &'static str {
        program.returns.get::<ReturnBody<U, F>>(self.slot).0
    }
}

enum OpBody<A, U> {
    Stays(Box<StayingBody<A, U>>),
    Hops(Box<HoppingBody<A, U>>),
}

type StayingBody<A, U> =
    dyn Fn(&mut Cx<'_>, A, &dyn Fn(&mut Cx<'_>, U) -> Outcome) -> Outcome + Send + Sync;
type HoppingBody<A, U> = dyn Fn(&mut Cx<'_>, A, Caller<U>) -> Outcome + Send + Sync;
type ReturnBody<U, F> = Box<dyn Fn(&mut Cx<'_>, U, F) -> Outcome + Send + Sync>;

/// What a [`Flow`] collects of operations, or of the places where calls return, by slot.
#[derive(Default)]
pub(super) struct Bodies {
    labels: Vec<&'static str>,
    bodies: Vec<Option<Declared>>,
    imported: BTreeMap<TypeId, usize>,
}

enum Declared {
    Body(Arc<dyn Any + Send + Sync>),
    /// That of another slot: this one was given out before the operation was known by its own.
    Same(usize),
}

/// The same, complete.
pub(super) struct Called {
    bodies: Vec<(&'static str, Arc<dyn Any + Send + Sync>)>,
}

impl Bodies {
    fn declare(&mut self, label: &'static str) -> usize {
        self.labels.push(label);
        self.bodies.push(None);
        self.bodies.len() - 1
    }

    fn define<B: Any + Send + Sync>(&mut self, slot: usize, body: B) {
        self.bodies[slot] = Some(Declared::Body(Arc::new(body)));
    }

    pub(super) fn compile(&self) -> Called {
        let bodies = (0..self.bodies.len()).map(|slot| self.body(slot)).collect();
        Called { bodies }
    }

    fn body(&self, slot: usize) -> (&'static str, Arc<dyn Any + Send + Sync>) {
        let declared = self.bodies[slot].as_ref();
        match declared.expect("every operation that is declared gets its body") {
            Declared::Body(body) => (self.labels[slot], Arc::clone(body)),
            Declared::Same(other) => self.body(*other),
        }
    }
}

impl Called {
    fn get<B: 'static>(&self, slot: usize) -> (&'static str, &B) {
        let (label, body) = &self.bodies[slot];
        (label, body.downcast_ref().expect("a handle has the types of its body"))
    }
}

/// A caller, whatever its frame is.
trait Resume<U>: Send + Sync {
    fn resume(&self, cx: &mut Cx<'_>, value: U) -> Outcome;
}

/// A caller's frame, shared by all that may emit to it: a clone of a caller costs the same however long the
/// chain of callers behind it is.
struct Held<U: 'static, F: Send + 'static> {
    at: Returns<U, F>,
    /// There until it is dropped. Locked while it is cloned only.
    frame: Mutex<Option<F>>,
}

impl<U: 'static, F: Clone + Send + 'static> Resume<U> for Held<U, F> {
    fn resume(&self, cx: &mut Cx<'_>, value: U) -> Outcome {
        let frame = self.frame.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let frame = frame.expect("a frame is there as long as somebody holds it");
        cx.return_to(self.at, value, frame)
    }
}

/// Callers that are dropped inside of each other before the rest waits: an operation that calls itself from task to
/// task makes a chain of any length, and to drop it must not take a stack of that length.
const DROPS_MAX: u32 = 64;

thread_local! {
    static DROPS: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Box<dyn Any>>> = const { RefCell::new(Vec::new()) };
}

impl<U: 'static, F: Send + 'static> Drop for Held<U, F> {
    fn drop(&mut self) {
        let frame = self.frame.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let inside = DROPS.get();
        if inside >= DROPS_MAX {
            return WAITING.with_borrow_mut(|waiting| waiting.push(Box::new(frame)));
        }
        let _level = Level::below(inside);
        drop(frame);
        while inside == 0
            && let Some(frame) = WAITING.with_borrow_mut(Vec::pop)
        {
            drop(frame);
        }
    }
}

/// Counts nested drops, also when one of them panics.
struct Level(u32);

impl Level {
    fn below(inside: u32) -> Self {
        DROPS.set(inside + 1);
        Self(inside)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DROPS.set(self.0);
    }
}

impl Caller<Infallible> {
    /// Of an operation that emits nothing.
    fn nobody() -> Self {
        Self { held: Arc::new(Nobody) }
    }
}

struct Nobody;

impl Resume<Infallible> for Nobody {
    fn resume(&self, _: &mut Cx<'_>, never: Infallible) -> Outcome {
        match never {}
    }
}

impl<U: 'static> Caller<U> {
    fn new<F: Clone + Send + 'static>(at: Returns<U, F>, frame: F) -> Self {
        Self { held: Arc::new(Held { at, frame: Mutex::new(Some(frame)) }) }
    }
}

impl<U> Clone for Caller<U> {
    fn clone(&self) -> Self {
        Self { held: Arc::clone(&self.held) }
    }
}

impl<U> fmt::Debug for Caller<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").finish_non_exhaustive()
    }
}

impl<A, U> Clone for Op<A, U> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A, U> Copy for Op<A, U> {}

impl<U, F> Clone for Returns<U, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<U, F> Copy for Returns<U, F> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Link {
        _before: Option<Caller<()>>,
        _alive: Arc<()>,
    }

    #[test]
    fn a_chain_of_a_million_callers_is_dropped_without_a_deep_stack() {
        let at: Returns<(), Link> = Flow::default().returns("here");
        let alive = Arc::new(());
        let mut last = None;
        for _ in 0..1_000_000 {
            let link = Link { _before: last, _alive: Arc::clone(&alive) };
            last = Some(Caller::new(at, link));
        }
        let again = last.clone();
        drop(last);
        assert_eq!(Arc::strong_count(&alive), 1_000_001, "somebody holds them");
        drop(again);
        assert_eq!(Arc::strong_count(&alive), 1, "none is left");
    }
}
