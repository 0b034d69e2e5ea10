//! Control flow that plain Rust does not have: branches that meet, loops with several continuations, and work that an
//! event leaves for later in the same event, or for another event when it takes long.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    time::Duration,
};

use smallvec::SmallVec;

use super::{Cx, Identity, Outcome, Port, program::PortId};

/// How long an event runs before `yield_if_overtime` ends it (C-22): the target length of the original. Everything
/// else on the thread waits meanwhile, and acknowledgements wait for the longest event.
const EVENT_TIME: Duration = Duration::from_millis(5);

/// Branches that meet: `branches` calls its second argument once for each emit, and `then` runs at once.
///
/// # Errors
/// What the branches, or what follows them, fail with.
pub fn unify<T>(
    cx: &mut Cx<'_>,
    branches: impl FnOnce(&mut Cx<'_>, &dyn Fn(&mut Cx<'_>, T) -> Outcome) -> Outcome,
    then: impl Fn(&mut Cx<'_>, T) -> Outcome,
) -> Outcome {
    branches(cx, &then)
}

/// The iterations of a `loop` that stays on its task, depth first: what one iteration continues with comes, in that
/// order, before what was waiting already.
///
/// ```
/// use rama_core::flow::Rounds;
/// let (rounds, mut seen) = (Rounds::new(1), Vec::new());
/// while let Some(number) = rounds.next() {
///     seen.push(number);
///     if number < 10 {
///         rounds.push(number * 10);
///         rounds.push(number * 10 + 1);
///     }
/// }
/// assert_eq!(seen, [1, 10, 11]);
/// ```
#[derive(Clone, Debug)]
pub struct Rounds<T> {
    /// What comes next is last, except in the part that the running iteration pushed. Most loops continue once per
    /// iteration, which takes no allocation.
    waiting: RefCell<SmallVec<[T; 1]>>,
    /// Where that part begins.
    pushed: Cell<usize>,
}

impl<T> Rounds<T> {
    /// A loop that begins with these variables.
    pub fn new(first: T) -> Self {
        Self { waiting: RefCell::new(SmallVec::from_buf([first])), pushed: Cell::new(0) }
    }

    /// One more iteration. Several closures of one iteration may say so, hence `&self`.
    pub fn push(&self, next: T) {
        self.waiting.borrow_mut().push(next);
    }

    /// The variables of the next iteration.
    pub fn next(&self) -> Option<T> {
        let mut waiting = self.waiting.borrow_mut();
        waiting[self.pushed.get()..].reverse();
        let next = waiting.pop();
        self.pushed.set(waiting.len());
        next
    }
}

/// A moment in an event: what was deferred before it, and after it.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

impl Cx<'_> {
    /// Goes on at `port` in this same event, when what runs now has ended: the stack does not grow.
    pub fn defer<T: Send + 'static>(&mut self, port: Port<T>, frame: T) {
        let identity = self.next_step();
        if !self.sends_one_more() {
            return;
        }
        let slot = self.deferred.frames::<T>(port.id()).put(frame);
        let deferred = Deferral { port: port.id(), slot, identity, run: run_deferred::<T> };
        self.deferred.waiting.push(deferred);
    }

    /// Now.
    #[must_use]
    pub fn mark(&mut self) -> Mark {
        Mark(self.deferred.waiting.len())
    }

    /// Runs what was deferred since the mark, and what that defers: depth first, as in [`Rounds`].
    ///
    /// # Errors
    /// What a segment fails with.
    pub fn settle(&mut self, since: Mark) -> Outcome {
        let Mark(since) = since;
        if self.deferred.waiting.len() == since {
            return Ok(());
        }
        let outside = (self.identity, self.steps);
        let mut pushed = since;
        while self.deferred.waiting.len() > since {
            self.deferred.waiting[pushed..].reverse();
            let Some(next) = self.deferred.waiting.pop() else { break };
            pushed = self.deferred.waiting.len();
            (self.identity, self.steps) = (next.identity, 0);
            (next.run)(self, next.port, next.slot)?;
        }
        (self.identity, self.steps) = outside;
        Ok(())
    }

    /// Runs all that an event deferred: as its last act.
    pub(super) fn settle_all(&mut self) -> Outcome {
        self.settle(Mark(0))
    }

    /// Goes on at `port`: at once while the event is within its time, and else in an event of its own behind those
    /// that wait (OP-37, C-22). The time runs from the event's first use of this.
    ///
    /// # Errors
    /// What the segment behind the port fails with.
    pub fn yield_if_overtime<T: Clone + Send + 'static>(
        &mut self,
        port: Port<T>,
        frame: T,
    ) -> Outcome {
        let now = self.clock.now();
        if now.since(*self.since.get_or_insert(now)) >= EVENT_TIME {
            self.again(port, frame);
            return Ok(());
        }
        // In either case what follows has an identity of its own, because a repeated attempt may take another time.
        let inside = self.next_step();
        let outside = (self.identity, self.steps);
        (self.identity, self.steps) = (inside, 0);
        let outcome = self.enter(port, frame);
        (self.identity, self.steps) = outside;
        outcome
    }
}

fn run_deferred<T: Send + 'static>(cx: &mut Cx<'_>, port: PortId, slot: usize) -> Outcome {
    let frame = cx.deferred.frames::<T>(port).take(slot);
    let segment = cx.program.segment::<T>(port);
    cx.deeper(segment.label)?;
    let outcome = (segment.body)(cx, frame);
    cx.level -= 1;
    outcome
}

/// What an event has left for later in the same event.
#[derive(Default)]
pub(crate) struct Deferred {
    /// What comes next is last, except in the part that was deferred since something began to run.
    waiting: Vec<Deferral>,
    /// By port, once something was deferred to it.
    ports: Vec<Option<Box<dyn Any + Send>>>,
}

/// One thing left for later: its frame is with those of its port.
struct Deferral {
    port: PortId,
    slot: usize,
    identity: Identity,
    run: fn(&mut Cx<'_>, PortId, usize) -> Outcome,
}

impl Deferred {
    /// Forgets everything: the event failed.
    pub(super) fn clear(&mut self) {
        if !self.waiting.is_empty() {
            *self = Self::default();
        }
    }

    fn frames<T: Send + 'static>(&mut self, port: PortId) -> &mut Slots<T> {
        let PortId(index) = port;
        if self.ports.len() <= index {
            self.ports.resize_with(index + 1, || None);
        }
        let frames = self.ports[index].get_or_insert_with(|| Box::new(Slots::<T>::new()));
        frames.downcast_mut().expect("a port has the type of its segment")
    }
}

/// Frames of one type, in places that are used again: no allocation per frame.
struct Slots<T> {
    frames: Vec<Option<T>>,
    free: Vec<usize>,
}

impl<T> Slots<T> {
    fn new() -> Self {
        Self { frames: Vec::new(), free: Vec::new() }
    }

    fn put(&mut self, frame: T) -> usize {
        if let Some(slot) = self.free.pop() {
            self.frames[slot] = Some(frame);
            return slot;
        }
        self.frames.push(Some(frame));
        self.frames.len() - 1
    }

    fn take(&mut self, slot: usize) -> T {
        self.free.push(slot);
        self.frames[slot].take().expect("what waits was put here and is taken once")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(first: u32, next: impl Fn(u32) -> Vec<u32>) -> Vec<u32> {
        let (rounds, mut seen) = (Rounds::new(first), Vec::new());
        while let Some(number) = rounds.next() {
            seen.push(number);
            next(number).into_iter().for_each(|next| rounds.push(next));
        }
        seen
    }

    #[test]
    fn rounds_go_depth_first_and_in_the_order_of_their_pushes() {
        let children = |number: u32| match number {
            0 => vec![1, 2, 3],
            1..10 => vec![number * 10, number * 10 + 1],
            20 => vec![200],
            _ => Vec::new(),
        };
        assert_eq!(order(0, children), [0, 1, 10, 11, 2, 20, 200, 21, 3, 30, 31]);
    }

    #[test]
    fn a_loop_that_continues_once_keeps_one_round() {
        let rounds = Rounds::new(0);
        while let Some(number) = rounds.next() {
            if number < 1_000_000 {
                rounds.push(number + 1);
            }
            assert!(!rounds.waiting.borrow().spilled(), "no allocation");
        }
    }

    #[test]
    fn a_round_may_borrow_and_need_not_be_cloned() {
        struct NoClone<'a>(&'a str);
        let text = "abc".to_owned();
        let rounds = Rounds::new(NoClone(&text));
        let mut seen = String::new();
        while let Some(NoClone(rest)) = rounds.next() {
            let Some(first) = rest.chars().next() else { continue };
            seen.push(first);
            rounds.push(NoClone(&rest[1..]));
        }
        assert_eq!((seen.as_str(), rounds.next().is_none()), ("abc", true));
    }

    #[test]
    fn slots_are_used_again() {
        let mut slots = Slots::new();
        let (one, two) = (slots.put('a'), slots.put('b'));
        assert_eq!((slots.take(one), slots.take(two)), ('a', 'b'));
        for letter in 'c'..='z' {
            let slot = slots.put(letter);
            assert_eq!(slots.take(slot), letter);
        }
        assert_eq!(slots.frames.len(), 2);
    }
}
