//! A flag that wakes an actor. Raising it twice before the actor looks is one wake.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
    time::Duration,
};

/// Wakes the actor it belongs to.
#[derive(Debug, Default)]
pub struct Signal {
    raised: AtomicBool,
    sleeping: Mutex<bool>,
    wake: Condvar,
}

impl Signal {
    /// Asks for a step. Costs one atomic operation when the actor is awake.
    pub fn raise(&self) {
        if self.raised.swap(true, Ordering::AcqRel) {
            return;
        }
        if *self.sleeping.lock().unwrap_or_else(PoisonError::into_inner) {
            self.wake.notify_one();
        }
    }

    /// Takes the flag down and tells whether it was up.
    pub fn take(&self) -> bool {
        self.raised.swap(false, Ordering::AcqRel)
    }

    /// Whether the flag is up.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Acquire)
    }

    /// Sleeps until the flag is up, and takes it down.
    pub fn wait(&self) {
        if self.take() {
            return;
        }
        let mut sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        *sleeping = true;
        while !self.take() {
            sleeping = self.wake.wait(sleeping).unwrap_or_else(PoisonError::into_inner);
        }
        *sleeping = false;
    }

    /// Sleeps until the flag is up, and takes it down, or until so much time has passed or a little less.
    pub fn wait_for(&self, limit: Duration) {
        if self.take() {
            return;
        }
        let mut sleeping = self.sleeping.lock().unwrap_or_else(PoisonError::into_inner);
        *sleeping = true;
        if !self.take() {
            let woken = self.wake.wait_timeout(sleeping, limit);
            (sleeping, _) = woken.unwrap_or_else(PoisonError::into_inner);
            self.take();
        }
        *sleeping = false;
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.raise();
    }
}
