//! The only source of time. Production reads the system clock; a test gives a [`ManualClock`] and
//! moves it, so that nothing ever waits for time to pass.
//!
//! There are two times. The time of day is written down: when a record was appended, when one failed for the last time, and
//! how old a key is. It is what the machine says, and jumps when somebody sets the machine's clock, NTP does, or a
//! virtual machine goes on after a day. Everything that lasts is measured with a time that does not jump: limits, waits
//! until a record is tried again, intervals of commits and checkpoints. A jump of one and the same time would fail all
//! trees that wait, or let none go on for as long as it went back; a time of day that followed the machine only at the
//! start of a process would be wrong for as long as that runs.

use std::{
    fmt,
    future::{Future, pending},
    pin::Pin,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    task::Waker,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
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

    /// The time so much later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }
}

/// Tells the time. Chosen once when a module starts.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The time now, by which is measured and waited: it never goes back, and never jumps. It need not be the time of
    /// day.
    fn now(&self) -> Timestamp;

    /// The time of day now, which is written down. It may jump. Without an implementation of its own, a clock has one
    /// time for both.
    fn wall(&self) -> Timestamp {
        self.now()
    }

    /// Ends when so much time has passed. Without an implementation of its own, a clock waits by the timer of the
    /// tokio runtime that polls it.
    fn sleep(&self, duration: Duration) -> Sleep {
        // Made within the runtime: a timer asks for it when it is made.
        Box::pin(async move { tokio::time::sleep(duration).await })
    }

    /// Sees to it that a thread that waits for `at` goes on then. A clock that goes with the machine says how long the
    /// thread may sleep; one that does not gives `None` and calls `waker`, which takes the place of an earlier call
    /// with the same one.
    fn alarm(&self, at: Timestamp, waker: &Waker) -> Option<Duration> {
        let _ = waker;
        Some(at.since(self.now()))
    }
}

/// What waits for time to pass.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The machine's clock. Its [`Clock::now`] is the time of day at its first use in the process, and from then on what has
/// passed since by the machine's monotonic clock, which most systems stop while the machine sleeps: what waits then
/// waits on, and no limit is over because the lid was closed. How far that is from the time of day matters to nobody,
/// since nothing of it is written down.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The first use of the machine's clock, by both of its times.
static FIRST_USE: OnceLock<(Instant, Timestamp)> = OnceLock::new();

/// Both times at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Now {
    /// By which is measured and waited.
    pub(crate) steady: Timestamp,
    /// Which is written down.
    pub(crate) wall: Timestamp,
}

impl Now {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        Self { steady: clock.now(), wall: clock.wall() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the seam that the rule points to")]
    fn now(&self) -> Timestamp {
        let (first, time) = FIRST_USE.get_or_init(|| (Instant::now(), self.wall()));
        time.after(first.elapsed())
    }

    #[expect(clippy::disallowed_methods, reason = "this is the seam that the rule points to")]
    fn wall(&self) -> Timestamp {
        let passed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(passed.as_micros()).unwrap_or(u64::MAX))
    }
}

/// A clock that moves only when it is told to.
#[derive(Debug, Default)]
pub struct ManualClock {
    now: AtomicU64,
    waiting: Mutex<Waiting>,
}

/// Who waits for a manual clock, until when, and how they are woken.
#[derive(Debug, Default)]
struct Waiting {
    /// Given up waits are dropped when the clock moves.
    sleepers: Vec<(Timestamp, oneshot::Sender<()>)>,
    /// One for each thread that waits.
    alarms: Vec<(Timestamp, Waker)>,
}

impl ManualClock {
    /// A clock that stands at `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self { now: AtomicU64::new(start.0), waiting: Mutex::default() }
    }

    /// Moves the clock forward, and ends the waits that are over then.
    pub fn advance(&self, by: Duration) {
        let mut waiting = self.waiting();
        let now = self.now().after(by);
        self.now.store(now.0, Ordering::Relaxed);
        let over =
            waiting.sleepers.extract_if(.., |(until, wake)| *until <= now || wake.is_closed());
        for (_, wake) in over {
            // Nobody is there any more when a wait was given up.
            let _ = wake.send(());
        }
        for (_, waker) in waiting.alarms.extract_if(.., |(at, _)| *at <= now) {
            waker.wake();
        }
    }

    /// The earliest time that somebody waits for.
    #[must_use]
    pub fn next_wait(&self) -> Option<Timestamp> {
        let waiting = self.waiting();
        let sleepers = waiting.sleepers.iter().filter(|(_, wake)| !wake.is_closed());
        let sleepers = sleepers.map(|(until, _)| *until);
        sleepers.chain(waiting.alarms.iter().map(|(at, _)| *at)).min()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.now.load(Ordering::Relaxed))
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        // Under the lock: the clock cannot move between the look and the wait.
        let mut waiting = self.waiting();
        let now = self.now();
        let until = now.after(duration);
        if until <= now {
            return Box::pin(std::future::ready(()));
        }
        let (wake, woken) = oneshot::channel();
        waiting.sleepers.push((until, wake));
        Box::pin(async move {
            if woken.await.is_err() {
                // The clock is gone, so its time does not pass any more.
                pending::<()>().await;
            }
        })
    }

    fn alarm(&self, at: Timestamp, waker: &Waker) -> Option<Duration> {
        let mut waiting = self.waiting();
        waiting.alarms.retain(|(_, other)| !other.will_wake(waker));
        if at <= self.now() {
            waker.wake_by_ref();
        } else {
            waiting.alarms.push((at, waker.clone()));
        }
        None
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::{future::poll_fn, sync::Arc, task::Poll};

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

    #[test]
    fn the_machines_clock_measures_from_the_time_of_day_and_never_goes_back() {
        let mut before = SystemClock.now();
        let apart = SystemClock.wall().since(before).max(before.since(SystemClock.wall()));
        assert!(apart < Duration::from_hours(1), "{apart:?}");
        for _ in 0..1_000 {
            let now = SystemClock.now();
            assert!(before <= now, "{before:?} is before {now:?}");
            before = now;
        }
        let (first, time) = FIRST_USE.get().expect("it was used");
        assert!(before <= time.after(first.elapsed()), "it goes on as the monotonic clock does");
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
        assert!(clock.waiting().sleepers.is_empty(), "also of those that were given up");
    }

    #[test]
    fn an_alarm_of_a_manual_clock_goes_off_when_it_gets_there() {
        let clock = ManualClock::new(Timestamp(5));
        let rung = Arc::new(Rung::default());
        let waker = Waker::from(Arc::clone(&rung));
        assert_eq!(clock.alarm(Timestamp(30), &waker), None);
        assert_eq!(clock.alarm(Timestamp(20), &waker), None);
        assert_eq!(clock.next_wait(), Some(Timestamp(20)), "the later call counts");
        clock.advance(Duration::from_micros(14));
        assert_eq!(rung.0.load(Ordering::Relaxed), 0);
        clock.advance(Duration::from_micros(11));
        assert_eq!((rung.0.load(Ordering::Relaxed), clock.next_wait()), (1, None));
        clock.alarm(Timestamp(7), &waker);
        assert_eq!(rung.0.load(Ordering::Relaxed), 2, "it is later already");
    }

    #[derive(Default)]
    struct Rung(AtomicU64);

    impl std::task::Wake for Rung {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}
