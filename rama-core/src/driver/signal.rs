//! A flag that wakes an actor. Raising it twice before the actor looks is one wake.

use std::sync::{
    Condvar, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
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
}
