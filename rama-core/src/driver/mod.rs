//! The seam between what runs and who decides when: an [`Actor`] does a bounded piece of work per step
//! and never waits for anything but its own disk; a [`Driver`] steps it whenever its [`Signal`] was
//! raised. Production gives every actor a thread of its own ([`ThreadDriver`]); a simulation steps all
//! of them from one seeded loop.

mod outside;
mod signal;
mod thread;

pub(crate) use self::outside::{Outside, RunningFuture};
pub use self::{signal::Signal, thread::ThreadDriver};

use std::{fmt, sync::Arc};

/// What an actor wants after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to do: step again.
    Again,
    /// Nothing to do until the signal is raised.
    Idle,
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
        signal: Arc<Signal>,
        actor: Box<dyn Actor>,
    ) -> std::io::Result<Box<dyn Running>>;
}

/// An actor that was started.
pub trait Running: Send {
    /// Waits until the actor is done.
    fn join(self: Box<Self>);
}
