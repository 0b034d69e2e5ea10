//! The only source of time. Production reads the system clock; a test gives a [`ManualClock`] and
//! moves it, so that nothing ever waits for time to pass.

use std::{
    fmt,
    future::{Future, pending},
    pin::Pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::sync::oneshot;

/// Microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Time passed since `earlier`; zero when the clock went backwards.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

/// Tells the time. Chosen once when a module starts.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Ends when so much time has passed. Without an implementation of its own, a clock waits by the timer of the
    /// tokio runtime that polls it.
    fn sleep(&self, duration: Duration) -> Sleep {
        // Made within the runtime: a timer asks for it when it is made.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }
}

/// What waits for time to pass.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam that the rule points to")]
    fn now(&self) -> Timestamp {
        let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX))
    }
}

/// A clock that moves only when it is told to.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicU64,
    /// Those that wait, until when, and how they are woken. Given up waits are dropped when the clock moves.
    sleepers: Mutex<Vec<(Timestamp, oneshot::Sender<()>)>>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self { now: AtomicU64::new(start.0), sleepers: Mutex::default() }
    }

    /// Moves the clock forward, and ends the waits that are over then.
    pub fn advance(&self, by: Duration) {
        let mut sleepers = self.sleepers();
        self.now.fetch_add(micros(by), Ordering::Relaxed);
        let now = self.now();
        for (_, wake) in sleepers.extract_if(.., |(until, wake)| *until <= now || wake.is_closed())
        {
            // Nobody is there any more when a wait was given up.
            let _ = wake.send(());
        }
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<(Timestamp, oneshot::Sender<()>)>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // Under the lock: the clock cannot move between the look and the wait.
        let mut sleepers = self.sleepers();
        let now = self.now();
        let until = Timestamp(now.0.saturating_add(micros(duration)));
        if until <= now {
            return Box::pin(std::future::ready(()));
        }
        let (wake, woken) = oneshot::channel();
        sleepers.push((until, wake));
        Box::pin(async move {
            if woken.await.is_err() {
                // The clock is gone, so its time does not pass any more.
                pending::<()>().await;
            }
        })
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, task::Poll};

    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new(Timestamp(5));
        assert_eq!(clock.now(), Timestamp(5));
        clock.advance(Duration::from_millis(2));
        assert_eq!(clock.now(), Timestamp(2_005));
        assert_eq!(clock.now().since(Timestamp(5)), Duration::from_millis(2));
        assert_eq!(Timestamp(1).since(Timestamp(9)), Duration::ZERO);
    }

    #[tokio::test]
    async fn who_sleeps_by_a_manual_clock_is_woken_when_it_gets_there() {
        let clock = ManualClock::new(Timestamp(5));
        clock.sleep(Duration::ZERO).await;
        let (short, long) = (Duration::from_millis(1), Duration::from_millis(2));
        let (soon, mut later) = (clock.sleep(short), clock.sleep(long));
        clock.advance(short);
        soon.await;
        let sleeps = poll_fn(|cx| Poll::Ready(later.as_mut().poll(cx).is_pending())).await;
        assert!(sleeps, "the clock is not there yet");
        drop(clock.sleep(long));
        clock.advance(short);
        later.await;
        assert!(clock.sleepers().is_empty(), "also of those that were given up");
    }
}
