//! What a simulated test works with: a cluster, its disks, its clock, and whatever goes wrong with them.

use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rama_core::{
    Result,
    clock::{Clock, ManualClock, Timestamp},
    cluster::{Cluster, LaunchConfig, Level, Status, Tuning},
    disk::{Disk, Fault, SimDisk},
    flow::RandomSource,
    log::LogOptions,
    module::Module,
};
use tokio::sync::oneshot;

use super::{policy::Policy, scheduler::Scheduler, streams, wall::Wall};

/// Where a simulation's time begins: 2001-09-09, so that times look like times.
const BEGINNING: Timestamp = Timestamp(1_000_000_000_000_000);

/// A simulated machine, with everything that runs on it. Cheap to clone.
#[derive(Clone)]
pub struct World {
    pub(super) scheduler: Scheduler,
    inner: Arc<Inner>,
}

struct Inner {
    seed: u64,
    clock: Arc<ManualClock>,
    wall: Arc<Wall>,
    cluster: Cluster,
    disks: Arc<Disks>,
    /// What the world itself draws: numbers of tasks, sizes.
    random: Mutex<RandomSource>,
}

/// The disks of the modules, by name.
struct Disks {
    seed: u64,
    by_module: Mutex<BTreeMap<&'static str, SimDisk>>,
}

/// What something that was spawned ends with.
#[derive(Debug)]
pub struct Joined<T>(oneshot::Receiver<T>);

impl World {
    pub(super) fn new(seed: u64) -> Self {
        let clock = Arc::new(ManualClock::new(BEGINNING));
        let wall = Arc::new(Wall::new(Arc::clone(&clock)));
        let policy = Policy::new(streams::random(seed, "scheduler"));
        let scheduler = Scheduler::new(Arc::clone(&clock), Arc::clone(&wall), policy);
        let disks = Arc::new(Disks { seed, by_module: Mutex::default() });
        let of_cluster = Arc::clone(&disks);
        let cluster = Cluster::on_disks(move |module| Ok(of_cluster.of(module)))
            .with_clock(Arc::<Wall>::clone(&wall))
            .with_driver(Arc::new(scheduler.clone()));
        let random = Mutex::new(streams::random(seed, "world"));
        Self { scheduler, inner: Arc::new(Inner { seed, clock, wall, cluster, disks, random }) }
    }

    /// The seed that everything in this world follows from.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.inner.seed
    }

    /// Random numbers that follow from the seed and a name, so that drawing more under one name changes nothing under
    /// another.
    #[must_use]
    pub fn random(&self, name: &str) -> RandomSource {
        streams::random(self.inner.seed, name)
    }

    /// Starts a module with 1, 2, 4 or 8 tasks, with small groups and frequent checkpoints (TE-02).
    ///
    /// # Errors
    /// As [`Cluster::launch`].
    pub async fn launch<M: Module>(&self, module: M) -> Result<M::Client> {
        let config = self.any_config();
        self.launch_with(module, config).await
    }

    /// Starts a module as the test says.
    ///
    /// # Errors
    /// As [`Cluster::launch`].
    pub async fn launch_with<M: Module>(
        &self,
        module: M,
        config: LaunchConfig,
    ) -> Result<M::Client> {
        self.inner.cluster.launch(module, config.check_locality(true)).await
    }

    /// Restarts a module, or replaces it by a new version, on the data it has (TE-03). Clients follow.
    ///
    /// # Errors
    /// As [`Cluster::update`].
    pub async fn update<M: Module>(&self, module: M) -> Result<M::Client> {
        self.inner.cluster.update(module).await
    }

    /// How a module is; `None` when it was never launched.
    pub async fn status(&self, module: &str) -> Option<Status> {
        self.inner.cluster.status(module).await
    }

    /// How full everything is that is bounded in a module that runs: for tests of the bounds themselves.
    #[doc(hidden)]
    pub async fn levels(&self, module: &str) -> Vec<Level> {
        self.inner.cluster.levels(module).await
    }

    /// Loses power: nothing runs any more, and of what was not synced some is gone. Clients get no answers, or that the
    /// outcome is unknown.
    pub async fn crash(&self) {
        self.inner.disks.crash();
        self.inner.cluster.kill().await;
    }

    /// Ends the process without a word; the machine keeps its power, and what was written to its disks is there.
    pub async fn kill(&self) {
        self.inner.disks.begin_process();
        self.inner.cluster.kill().await;
    }

    /// Stops all modules gracefully.
    ///
    /// # Errors
    /// When a module could not make its last work durable.
    pub async fn shutdown(&self) -> Result<()> {
        self.inner.cluster.shutdown().await
    }

    /// Starts all modules again that do not run. Clients follow.
    ///
    /// # Errors
    /// As [`Cluster::restart`], for example when a fault of a disk was to come.
    pub async fn restart(&self) -> Result<()> {
        self.inner.cluster.restart().await
    }

    /// Loses power and starts again.
    ///
    /// # Errors
    /// As [`Cluster::restart`].
    pub async fn crash_and_restart(&self) -> Result<()> {
        self.crash().await;
        self.restart().await
    }

    /// Runs a client beside the test. Who drops the handle does not end it.
    pub fn spawn<T: Send + 'static>(
        &self,
        client: impl Future<Output = T> + Send + 'static,
    ) -> Joined<T> {
        let (sender, given) = oneshot::channel();
        let client = async move {
            // Nobody wants it any more when the handle was dropped.
            let _ = sender.send(client.await);
        };
        self.scheduler.start("client", Box::pin(client));
        Joined(given)
    }

    /// The time in this world. It passes when nobody has anything to do.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// The clock of this world, for what the test makes itself.
    #[must_use]
    pub fn clock(&self) -> Arc<ManualClock> {
        Arc::clone(&self.inner.clock)
    }

    /// Sets the clock that modules read back by so much, as an operator does (B16). Time passes as before, and [`Self::now`]
    /// goes on.
    pub fn set_clock_back(&self, by: Duration) {
        self.inner.wall.set_back(by);
    }

    /// Sets the clock that modules read ahead by so much, without any of that time passing.
    pub fn set_clock_ahead(&self, by: Duration) {
        self.inner.wall.set_ahead(by);
    }

    /// Lets time pass, with everything that happens meanwhile. An hour takes as long as what happens in it.
    pub async fn advance(&self, by: Duration) {
        self.inner.clock.sleep(by).await;
    }

    /// Waits until nobody has anything to do before time passes: what was appended is processed, what can be committed
    /// is.
    pub async fn run_until_idle(&self) {
        self.scheduler.idle().await;
    }

    /// Lets power go away at one of the next changing operations of a module's disk, drawn from so many, the first ones more often: all that
    /// follow fail, until [`Self::crash`].
    pub fn lose_power_within(&self, operations: u64) {
        let nth = self.one_of_the_next(operations);
        self.inner.disks.each(|disk| disk.fail_at(nth, Fault::PowerLoss));
    }

    /// Lets the process die at one of the next changing operations of a module's disk, drawn from so many, the first ones more often: all
    /// that follow fail, until [`Self::kill`] or [`Self::crash`].
    pub fn die_within(&self, operations: u64) {
        let nth = self.one_of_the_next(operations);
        self.inner.disks.each(|disk| disk.fail_at(nth, Fault::Death));
    }

    /// Lets one of the next changing operations of a module's disk fail, drawn from so many, the first ones more often. What a failed sync
    /// should have written may be lost (finding 3 of the reliability notes).
    pub fn fail_once_within(&self, operations: u64) {
        let nth = self.one_of_the_next(operations);
        self.inner.disks.each(|disk| disk.fail_at(nth, Fault::Once));
    }

    /// Lets the `nth` changing operation of a module's disk from now on fail, counted from 1, as [`Self::fail_once_within`]
    /// does one that it draws.
    ///
    /// # Panics
    /// When `nth` is 0.
    pub fn fail_once_at(&self, nth: u64) {
        self.inner.disks.each(|disk| disk.fail_at(nth, Fault::Once));
    }

    /// Leaves room for so many bytes more on every disk.
    pub fn leave_room(&self, bytes: usize) {
        self.inner.disks.each(|disk| disk.leave_room(Some(bytes)));
    }

    /// Lets the disks take as much as there may be.
    pub fn make_room(&self) {
        self.inner.disks.each(|disk| disk.leave_room(None));
    }

    /// Takes back what the disks were to do and have not done. Modules that failed of it stay as they are.
    pub fn heal(&self) {
        self.inner.disks.each(SimDisk::heal);
    }

    /// Tasks and sizes as [`Self::launch`] draws them.
    #[must_use]
    pub fn any_config(&self) -> LaunchConfig {
        let tasks = 1 << self.draw(4);
        let threads = 1 + self.draw(tasks.min(3));
        let small = |number: u64| u32::try_from(number).expect("a small number");
        LaunchConfig::new().tasks(small(tasks)).threads(small(threads)).tuning(self.any_tuning())
    }

    /// A hash of what was written to the disks.
    pub(super) fn written(&self) -> u64 {
        let mut all = 0_u64;
        self.inner.disks.each(|disk| all = all.rotate_left(1) ^ disk.written());
        all
    }

    fn any_tuning(&self) -> Tuning {
        let log = LogOptions { segment_bytes: (4 * 1024) << self.draw(6), growth_bytes: 4 * 1024 };
        let checkpoint_bytes = 1024 << self.draw(8);
        Tuning { log, checkpoint_bytes, ..Tuning::default() }
    }

    /// Whatever is special happens at the beginning of something, so small numbers come more often.
    fn one_of_the_next(&self, operations: u64) -> u64 {
        1 + self.draw(1 + self.draw(operations))
    }

    fn draw(&self, end: u64) -> u64 {
        let mut random = self.inner.random.lock().unwrap_or_else(PoisonError::into_inner);
        random.below(end)
    }
}

impl Disks {
    /// The disk of a module, the same one at each of its starts.
    fn of(&self, module: &'static str) -> Arc<dyn Disk> {
        let new = || SimDisk::new(streams::random(self.seed, module).next_u64() >> 1);
        Arc::new(self.lock().entry(module).or_insert_with(new).clone())
    }

    fn crash(&self) {
        self.lock().values_mut().for_each(|disk| *disk = disk.crash());
    }

    fn begin_process(&self) {
        self.lock().values_mut().for_each(|disk| *disk = disk.next_process());
    }

    fn each(&self, change: impl FnMut(&SimDisk)) {
        self.lock().values().for_each(change);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, SimDisk>> {
        self.by_module.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Joined<T> {
    /// Waits for the end.
    ///
    /// # Panics
    /// When what was spawned panicked.
    pub async fn join(self) -> T {
        self.0
            .await
            .expect("what was spawned ends with a value, or with a panic that ends the test")
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("seed", &self.inner.seed).finish_non_exhaustive()
    }
}
