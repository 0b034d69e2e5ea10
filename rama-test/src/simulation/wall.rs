//! The clock that the modules of a world read. Time passes as in the world; what time it is, somebody may set.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    task::Waker,
    time::Duration,
};

use rama_core::clock::{Clock, ManualClock, Sleep, Timestamp};

/// A clock on the wall of a simulated machine.
#[derive(Debug)]
pub(super) struct Wall {
    time: Arc<ManualClock>,
    /// Microseconds that it shows more than there were.
    ahead: AtomicI64,
}

impl Wall {
    /// A clock that is right.
    pub(super) fn new(time: Arc<ManualClock>) -> Self {
        Self { time, ahead: AtomicI64::new(0) }
    }

    pub(super) fn set_back(&self, by: Duration) {
        self.ahead.fetch_sub(micros(by), Ordering::Relaxed);
    }

    pub(super) fn set_ahead(&self, by: Duration) {
        self.ahead.fetch_add(micros(by), Ordering::Relaxed);
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    fn wall(&self) -> Timestamp {
        Timestamp(self.time.now().0.saturating_add_signed(self.ahead.load(Ordering::Relaxed)))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.time.sleep(duration)
    }

    fn alarm(&self, at: Timestamp, waker: &Waker) -> Option<Duration> {
        self.time.alarm(at, waker)
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).expect("a clock is set by less than some thousand years")
}
