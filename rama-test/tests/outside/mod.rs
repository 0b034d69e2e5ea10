//! The world outside of a module, in the hands of a test: topologies ask it questions with futures, and the test
//! answers them when it wants to. Also a brake, to make things happen while a task is busy.

#![allow(dead_code, reason = "every test program uses some of it")]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rama_core::{cluster::LaunchConfig, error::AppendError, module::Module};
use rama_test::InProcessCluster;
use tokio::sync::{mpsc, oneshot};

use crate::failing_disk::Failing;

/// A question of a topology.
#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) id: u64,
    pub(crate) answer: oneshot::Sender<i64>,
}

/// What a module sees of the test. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    questions: mpsc::UnboundedSender<Question>,
    /// Futures that exist, and the most there were at once.
    waiting: Arc<(AtomicUsize, AtomicUsize)>,
    asks: Arc<Mutex<BTreeMap<u64, usize>>>,
    runs: Arc<Mutex<BTreeMap<u64, usize>>>,
    brake: Arc<(Mutex<Brake>, Condvar)>,
}

#[derive(Debug, Default)]
struct Brake {
    on: bool,
    met: bool,
    /// How many may pass while it is on.
    passes: usize,
}

struct Counted(Arc<(AtomicUsize, AtomicUsize)>);

impl Counted {
    fn new(waiting: &Arc<(AtomicUsize, AtomicUsize)>) -> Self {
        let now = waiting.0.fetch_add(1, Ordering::Relaxed) + 1;
        waiting.1.fetch_max(now, Ordering::Relaxed);
        Self(Arc::clone(waiting))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Outside {
    /// The module's side, and where the test gets the questions.
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Question>) {
        let (questions, asked) = mpsc::unbounded_channel();
        let (waiting, asks) = (Arc::default(), Arc::default());
        let (runs, brake) = (Arc::default(), Arc::default());
        (Self { questions, waiting, asks, runs, brake }, asked)
    }

    /// Asks; panics when the test drops the question.
    pub(crate) fn ask(&self, id: u64) -> impl Future<Output = i64> + Send + use<> {
        *self.asks.lock().unwrap().entry(id).or_default() += 1;
        let questions = self.questions.clone();
        let counted = Counted::new(&self.waiting);
        async move {
            let (answer, answered) = oneshot::channel();
            questions.send(Question { id, answer }).ok();
            let value = answered.await.expect("nobody answers");
            drop(counted);
            value
        }
    }

    /// How many futures there are, and were at once.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.waiting.0.load(Ordering::Relaxed), self.waiting.1.load(Ordering::Relaxed))
    }

    /// How often a question was asked, whether or not somebody heard it.
    pub(crate) fn asks(&self, id: u64) -> usize {
        self.asks.lock().unwrap().get(&id).copied().unwrap_or_default()
    }

    /// A topology tells that it runs something.
    pub(crate) fn ran(&self, id: u64) {
        *self.runs.lock().unwrap().entry(id).or_default() += 1;
    }

    /// How often it did.
    pub(crate) fn runs(&self, id: u64) -> usize {
        self.runs.lock().unwrap().get(&id).copied().unwrap_or_default()
    }

    pub(crate) fn set_brake(&self, on: bool) {
        *self.brake.0.lock().unwrap() = Brake { on, met: false, passes: 0 };
        self.brake.1.notify_all();
    }

    /// Lets the one pass that stands there.
    pub(crate) fn pass_brake(&self) {
        *self.brake.0.lock().unwrap() = Brake { on: true, met: false, passes: 1 };
        self.brake.1.notify_all();
    }

    /// Stops the task that meets the brake while it is on.
    pub(crate) fn meet_brake(&self) {
        let mut brake = self.brake.0.lock().unwrap();
        brake.met = true;
        self.brake.1.notify_all();
        let stands = |brake: &mut Brake| brake.on && brake.passes == 0;
        let mut brake = self.brake.1.wait_while(brake, stands).unwrap();
        brake.passes = brake.passes.saturating_sub(1);
    }

    /// Waits until a task stands at the brake.
    pub(crate) async fn stands(&self) {
        let brake = Arc::clone(&self.brake);
        let standing = tokio::task::spawn_blocking(move || {
            drop(brake.1.wait_while(brake.0.lock().unwrap(), |brake| !brake.met).unwrap());
        });
        standing.await.unwrap();
    }
}

/// A cluster on a disk that stays when the cluster is dropped.
pub(crate) async fn start<M: Module>(
    disk: &Failing,
    module: M,
    config: LaunchConfig,
) -> (InProcessCluster, M::Client) {
    let ipc = InProcessCluster::create_on_disks(disk.for_every_module()).await.unwrap();
    let client = ipc.launch(module, config).await.unwrap();
    (ipc, client)
}

/// Looks again and again until something is so. Only what is never so takes that many looks.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..5_000_000 {
        if is_so().await {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never happens that {what}");
}

/// Lets the futures of this thread's runtime run until at most so many are left.
pub(crate) async fn futures_left(count: usize) {
    let metrics = tokio::runtime::Handle::current().metrics();
    until("the futures end", async || metrics.num_alive_tasks() <= count).await;
}

/// Whether an append was stored, and will be finished by the next start.
pub(crate) fn is_unfinished<T>(outcome: &Result<T, AppendError>) -> bool {
    matches!(outcome, Err(AppendError::Unfinished { .. }))
}
