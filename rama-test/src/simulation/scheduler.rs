//! The seeded loop that runs everything of a simulation, one step at a time: actors of modules, futures that topologies
//! await, clients of the test. It is the driver and the executor of the cluster in it.

use std::{
    any::Any,
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use rama_core::{
    clock::{Clock, ManualClock},
    driver::{Actor, Driver, Executor, Running, Signal, Step, Task, Wakes},
};

use tokio::sync::oneshot;

use super::{policy::Policy, trace::Trace, wall::Wall};

/// Steps without one of the test itself after which it is taken for granted that what the test waits for does not come.
const STEPS_MAX: u64 = 5_000_000;

/// What a step of a machine takes: time passes, so that what happens later is later.
const STEP_TIME: Duration = Duration::from_micros(1);

/// Number of the test itself among what is stepped.
const TEST: u64 = 0;

/// Shared by the cluster, the world and the loop.
#[derive(Clone)]
pub(super) struct Scheduler {
    state: Arc<Mutex<State>>,
    clock: Arc<ManualClock>,
    /// What the actors take for the time.
    wall: Arc<Wall>,
}

struct State {
    units: BTreeMap<u64, Unit>,
    next: u64,
    policy: Policy,
    trace: Trace,
    /// Who waits until nobody has anything to do.
    idle: Vec<oneshot::Sender<()>>,
}

/// What can be stepped.
struct Unit {
    name: String,
    /// `None` while it is stepped.
    work: Option<Work>,
    ready: Ready,
}

enum Work {
    Actor(Box<dyn Actor>),
    Future(Task),
    /// The loop has it.
    Test,
}

enum Ready {
    Actor { wakes: Wakes, again: bool },
    Future(Arc<Woken>),
}

/// Whether a future was woken since it was polled.
#[derive(Debug)]
struct Woken(AtomicBool);

/// Why a simulation does not go on.
pub(super) struct Stuck(pub(super) &'static str);

/// What a step led to, in the trace.
enum Outcome {
    Step(Step),
    Polled { done: bool },
}

impl Scheduler {
    pub(super) fn new(clock: Arc<ManualClock>, wall: Arc<Wall>, policy: Policy) -> Self {
        let state = State {
            units: BTreeMap::new(),
            next: TEST,
            policy,
            trace: Trace::default(),
            idle: Vec::new(),
        };
        Self { state: Arc::new(Mutex::new(state)), clock, wall }
    }

    /// Runs the test and everything it starts, until the test ends.
    pub(super) fn run<T>(&self, test: impl Future<Output = T>) -> Result<T, Stuck> {
        let ended = self.run_all(test);
        // What is left holds this scheduler, so it would hold itself.
        let left = std::mem::take(&mut self.state().units);
        drop(left);
        ended
    }

    fn run_all<T>(&self, test: impl Future<Output = T>) -> Result<T, Stuck> {
        let mut test = std::pin::pin!(test);
        let woken = Woken::new();
        let waker = Waker::from(Arc::clone(&woken));
        self.add("test", Work::Test, Ready::Future(woken));
        let mut steps = 0;
        loop {
            let Some(id) = self.choose() else {
                self.pass_time()?;
                continue;
            };
            self.clock.advance(STEP_TIME);
            if id == TEST {
                steps = 0;
                let polled = test.as_mut().poll(&mut Context::from_waker(&waker));
                self.note(TEST, &Outcome::Polled { done: polled.is_ready() });
                if let Poll::Ready(value) = polled {
                    return Ok(value);
                }
            } else {
                self.step(id);
            }
            steps += 1;
            if steps > STEPS_MAX {
                return Err(Stuck(
                    "the test waits for something that does not come, though there is always more to do",
                ));
            }
        }
    }

    /// Runs a future beside the test.
    pub(super) fn start(&self, name: &str, future: Task) -> u64 {
        let woken = Woken::new();
        self.add(name, Work::Future(future), Ready::Future(woken))
    }

    /// Ends when nobody has anything to do, whatever the clock will bring.
    pub(super) async fn idle(&self) {
        let (sender, idle) = oneshot::channel();
        self.state().idle.push(sender);
        // A simulation that ends takes the test with it.
        let _ = idle.await;
    }

    /// What happened last, a line for each step, and a hash of all that happened.
    pub(super) fn trace(&self) -> (Vec<String>, u64) {
        let state = self.state();
        (state.trace.lines(), state.trace.hash())
    }

    fn add(&self, name: &str, work: Work, ready: Ready) -> u64 {
        let mut state = self.state();
        let id = state.next;
        state.next += 1;
        state.policy.add(id);
        state.units.insert(id, Unit { name: name.to_owned(), work: Some(work), ready });
        id
    }

    fn remove(&self, id: u64) -> Option<Work> {
        let unit = self.state().units.remove(&id);
        unit.and_then(|unit| unit.work)
    }

    fn choose(&self) -> Option<u64> {
        let mut state = self.state();
        let state = &mut *state;
        let ready: Vec<u64> =
            state.units.iter().filter(|(_, unit)| unit.is_ready()).map(|(id, _)| *id).collect();
        let id = state.policy.choose(&ready)?;
        if let Some(Unit { ready: Ready::Future(woken), .. }) = state.units.get(&id) {
            woken.0.store(false, Ordering::Release);
        }
        Some(id)
    }

    /// Nobody has anything to do: whoever waits for that goes on, or else the clock goes to where somebody waits.
    fn pass_time(&self) -> Result<(), Stuck> {
        let idle = std::mem::take(&mut self.state().idle);
        if !idle.is_empty() {
            // Nobody is there any more when the wait was given up.
            for waits in idle {
                let _ = waits.send(());
            }
            return Ok(());
        }
        let next = self.clock.next_wait();
        let next = next.ok_or(Stuck("the test waits for something that does not come"))?;
        self.clock.advance(next.since(self.clock.now()));
        Ok(())
    }

    /// Steps an actor or polls a future, without a lock: it may start and end others.
    fn step(&self, id: u64) {
        let (work, waker) = {
            let mut state = self.state();
            let Some(unit) = state.units.get_mut(&id) else { return };
            (unit.work.take(), unit.waker())
        };
        match work {
            Some(Work::Actor(mut actor)) => {
                let step = actor.step();
                if let Step::Until(at) = step {
                    let waited = self.wall.alarm(at, &waker);
                    assert_eq!(waited, None, "a manual clock wakes by itself");
                }
                self.note(id, &Outcome::Step(step));
                self.put_back(id, Work::Actor(actor), step);
            }
            Some(Work::Future(mut future)) => {
                let done = future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
                self.note(id, &Outcome::Polled { done });
                self.put_back(id, Work::Future(future), if done { Step::Done } else { Step::Idle });
            }
            Some(Work::Test) | None => {}
        }
    }

    /// What is done is dropped, without the lock, and so is what was ended while it was stepped.
    fn put_back(&self, id: u64, work: Work, step: Step) {
        let mut state = self.state();
        let gone = match state.units.get_mut(&id) {
            Some(unit) if step != Step::Done => {
                unit.work = Some(work);
                if let Ready::Actor { again, .. } = &mut unit.ready {
                    *again = step == Step::Again;
                }
                None
            }
            _ => Some((state.units.remove(&id), work)),
        };
        drop(state);
        drop(gone);
    }

    fn note(&self, id: u64, outcome: &Outcome) {
        let now = self.clock.now();
        let mut state = self.state();
        let state = &mut *state;
        let name = state.units.get(&id).map_or("", |unit| unit.name.as_str());
        state.trace.add(now, id, name, &outcome.to_string());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Unit {
    /// Takes the signal of an actor down only when it is stepped: asking changes nothing.
    fn is_ready(&self) -> bool {
        match &self.ready {
            Ready::Actor { wakes, again } => *again || wakes.signal.is_raised(),
            Ready::Future(woken) => woken.0.load(Ordering::Acquire),
        }
    }

    /// What wakes it; of an actor, the signal, which is taken down.
    fn waker(&self) -> Waker {
        match &self.ready {
            Ready::Actor { wakes, .. } => {
                wakes.signal.take();
                Waker::from(Arc::<Signal>::clone(&wakes.signal))
            }
            Ready::Future(woken) => Waker::from(Arc::clone(woken)),
        }
    }
}

impl Woken {
    /// A future is polled once before anybody can wake it.
    fn new() -> Arc<Self> {
        Arc::new(Self(AtomicBool::new(true)))
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Release);
    }
}

impl Driver for Scheduler {
    fn start(
        &self,
        name: &str,
        wakes: Wakes,
        actor: Box<dyn Actor>,
    ) -> std::io::Result<Box<dyn Running>> {
        let ready = Ready::Actor { wakes, again: true };
        let id = self.add(name, Work::Actor(actor), ready);
        Ok(Box::new(RunningActor { scheduler: self.clone(), id }))
    }

    fn executor(&self) -> Option<Arc<dyn Executor>> {
        Some(Arc::new(self.clone()))
    }
}

struct RunningActor {
    scheduler: Scheduler,
    id: u64,
}

impl Running for RunningActor {
    /// Whoever waits here holds the only thread, so the actor is stepped to its end on the spot.
    fn join(self: Box<Self>) {
        let Some(Work::Actor(mut actor)) = self.scheduler.remove(self.id) else { return };
        while actor.step() != Step::Done {}
    }
}

impl Executor for Scheduler {
    fn spawn(&self, task: Task) -> Box<dyn Any + Send + Sync> {
        let id = self.start("future", task);
        Box::new(RunningFuture { scheduler: self.clone(), id })
    }
}

struct RunningFuture {
    scheduler: Scheduler,
    id: u64,
}

impl Drop for RunningFuture {
    fn drop(&mut self) {
        drop(self.scheduler.remove(self.id));
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(Step::Until(at)) => write!(f, "until {}", at.0),
            Self::Step(step) => f.write_str(match step {
                Step::Again => "again",
                Step::Done => "done",
                Step::Idle | Step::Until(_) => "idle",
            }),
            Self::Polled { done: true } => f.write_str("ready"),
            Self::Polled { done: false } => f.write_str("pending"),
        }
    }
}

impl fmt::Debug for Scheduler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduler").finish_non_exhaustive()
    }
}
