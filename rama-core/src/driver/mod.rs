//! The seam between what runs and who decides when: an [`Actor`] does a bounded piece of work per step
//! and never waits for anything but its own disk; a [`Driver`] steps it whenever its [`Signal`] was
//! raised. Production gives every actor a thread of its own ([`ThreadDriver`]); a simulation steps all
//! of them from one seeded loop.

mod outside;
mod signal;
mod thread;

pub(crate) use self::outside::{Outside, RunningFuture};
pub use self::{
    outside::{Executor, Task},
    signal::Signal,
    thread::ThreadDriver,
};

use std::{fmt, sync::Arc};

use crate::clock::{Clock, Timestamp};

/// What an actor wants after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do: step again.
    Again,
    /// Nothing to do until the signal is raised.
    Idle,
    /// Nothing to do until the signal is raised or the clock is there; it may be stepped before that.
    Until(Timestamp),
    /// The actor is finished and is not stepped any more.
    Done,
}

/// Something that works in bounded steps when it is woken.
pub trait Actor: Send {
    /// Does one bounded piece of work.
    fn step(&mut self) -> Step;
}

/// Steps actors. Chosen once when a module starts; costs one virtual call per batch of work.
pub trait Driver: fmt::Debug + Send + Sync {
    /// Starts stepping `actor` whenever `signal` is raised, until it is done.
    ///
    /// # Errors
    /// When the machine gives no thread for it.
    fn start(
        &self,
        name: &str,
        wakes: Wakes,
        actor: Box<dyn Actor>,
    ) -> std::io::Result<Box<dyn Running>>;

    /// Where futures run that topologies await; `None` when there is no such place. Asked when a module is launched.
    /// Without an implementation of its own, a driver gives them to the tokio runtime of whoever launches.
    fn executor(&self) -> Option<Arc<dyn Executor>> {
        let runtime = tokio::runtime::Handle::try_current().ok()?;
        Some(Arc::new(outside::Runtime(runtime)))
    }
}

/// What wakes an actor: its signal, and the clock when it asked for a time.
#[derive(Clone, Debug)]
pub struct Wakes {
    /// Raised by whoever has something for the actor.
    pub signal: Arc<Signal>,
    /// The time that [`Step::Until`] means.
    pub clock: Arc<dyn Clock>,
}

/// An actor that was started.
pub trait Running: Send {
    /// Waits until the actor is done.
    fn join(self: Box<Self>);
}
