//! Modules put together and running: launch, update, stop. The same code runs a test cluster in memory and
//! a deployed node on files.

mod config;
mod instance;

pub use self::config::LaunchConfig;
#[doc(hidden)]
pub use crate::engine::Level;
pub use crate::engine::{StuckEvent, Tuning};
pub use crate::log::Durability;

use std::{
    collections::BTreeMap,
    fmt,
    future::{Future, poll_fn},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak},
    task::Poll,
};

use self::instance::Instance;
use crate::{
    client::Link,
    clock::{Clock, SystemClock},
    data::{self, DataError},
    disk::{Disk, FileDisk, MemoryDisk},
    driver::{Driver, ThreadDriver},
    engine::{Ending, Engine},
    error::{LaunchError, Result},
    module::Module,
};

/// Runs modules in this process.
pub struct Cluster {
    storage: Storage,
    seams: Seams,
    /// Held by whoever starts or stops modules, until that is done.
    modules: tokio::sync::Mutex<BTreeMap<&'static str, Launched>>,
    /// The same modules for whoever only looks, also while they stop.
    engines: Mutex<BTreeMap<&'static str, Known>>,
}

/// A module that was launched, as its status needs it.
#[derive(Default)]
struct Known {
    /// Nowhere when it does not run.
    engine: Weak<Engine>,
    /// Whether it is being stopped.
    stops: bool,
}

/// What is chosen once at start: who steps the actors, and what time it is.
#[derive(Clone, Debug)]
struct Seams {
    driver: Arc<dyn Driver>,
    clock: Arc<dyn Clock>,
}

/// Gives each module, by name, the disk that its data is on.
type Storage = Box<dyn Fn(&'static str) -> Result<Arc<dyn Disk>, LaunchError> + Send + Sync>;

/// Starts an instance of a module whose type it knows.
type Start = Box<dyn Fn(&Cluster) -> Result<Instance, LaunchError> + Send + Sync>;

struct Launched {
    link: Link,
    config: LaunchConfig,
    start: Start,
    instance: Option<Instance>,
}

impl Cluster {
    /// A cluster whose data lives as long as it does.
    #[must_use]
    pub fn in_memory() -> Self {
        let disks: Mutex<BTreeMap<&'static str, MemoryDisk>> = Mutex::default();
        Self::on_disks(move |module| {
            let mut disks = disks.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(Arc::new(disks.entry(module).or_default().clone()))
        })
    }

    /// A cluster that keeps the data of each module in a directory of the module's name under `directory`.
    #[must_use]
    pub fn on_disk(directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        Self::on_disks(move |module| {
            let path = directory.join(module);
            match FileDisk::create(&path) {
                Ok(disk) => Ok(Arc::new(disk)),
                Err(error) => Err(LaunchError::Directory { path, reason: error.to_string() }),
            }
        })
    }

    /// A cluster on disks of any kind: the storage seam. `disk` is asked for the disk of a module, by name,
    /// at each of its starts.
    #[must_use]
    pub fn on_disks(
        disk: impl Fn(&'static str) -> Result<Arc<dyn Disk>, LaunchError> + Send + Sync + 'static,
    ) -> Self {
        let seams = Seams { driver: Arc::new(ThreadDriver), clock: Arc::new(SystemClock) };
        Self {
            storage: Box::new(disk),
            seams,
            modules: tokio::sync::Mutex::default(),
            engines: Mutex::default(),
        }
    }

    /// Uses another clock for modules launched from now on.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.seams.clock = clock;
        self
    }

    /// Uses another driver for modules launched from now on.
    #[must_use]
    pub fn with_driver(mut self, driver: Arc<dyn Driver>) -> Self {
        self.seams.driver = driver;
        self
    }

    /// Starts a module, on the data it left when it ran before (TE-02). Everything that was acknowledged
    /// is there when this returns. The futures that its topologies await run on the tokio runtime of the caller: when
    /// that ends while a topology waits for one, the module ends, and runs the record again at its next start.
    ///
    /// # Errors
    /// When the module runs already, its declarations contradict each other or the stored data, or the
    /// data cannot be opened.
    pub async fn launch<M: Module>(&self, module: M, config: LaunchConfig) -> Result<M::Client> {
        config.check()?;
        let name = module.name();
        let mut modules = self.modules.lock().await;
        if modules.get(name).is_some_and(|launched| launched.instance.is_some()) {
            return Err(LaunchError::AlreadyRunning(name).into());
        }
        let link = modules.get(name).map_or_else(|| Link::new(name), |before| before.link.clone());
        let client = M::client(&link);
        let start = starter(&Arc::new(module), config.clone());
        let mut launched = Launched { link, config, start, instance: None };
        self.begin(&mut launched)?;
        modules.insert(name, launched);
        Ok(client)
    }

    /// Stops a running module gracefully and starts this version of it on the same data (TE-03). Handles
    /// follow. The same module again is a restart.
    ///
    /// # Errors
    /// As [`Self::launch`]; the module is stopped then.
    pub async fn update<M: Module>(&self, module: M) -> Result<M::Client> {
        let name = module.name();
        let mut modules = self.modules.lock().await;
        let launched = modules.get_mut(name).ok_or(LaunchError::NotRunning(name))?;
        let instance = launched.instance.take().ok_or(LaunchError::NotRunning(name))?;
        self.stop(&launched.link, instance).await?;
        let module = Arc::new(module);
        launched.start = starter(&module, launched.config.clone());
        self.begin(launched)?;
        Ok(M::client(&launched.link))
    }

    /// Stops all modules: appends that were taken are finished, the stores are brought up to date.
    ///
    /// # Errors
    /// When a module could not make its last work durable.
    pub async fn shutdown(&self) -> Result<()> {
        let mut outcome = Ok(());
        for launched in self.modules.lock().await.values_mut() {
            if let Some(instance) = launched.instance.take() {
                outcome = outcome.and(self.stop(&launched.link, instance).await);
            }
        }
        outcome
    }

    /// Waits until one of the modules that run now cannot go on, usually because of its disk, and tells which, and why. What
    /// was acknowledged is there at its next start.
    pub async fn failure(&self) -> (&'static str, Arc<str>) {
        let mut failures = Vec::new();
        for launched in self.modules.lock().await.values() {
            if let Some(instance) = &launched.instance {
                let engine = instance.engine();
                failures.push(Box::pin(async move { (engine.module, engine.broken().await) }));
            }
        }
        poll_fn(|cx| {
            let polled = failures.iter_mut().map(|failure| failure.as_mut().poll(cx));
            polled
                .reduce(|one, other| if one.is_ready() { one } else { other })
                .unwrap_or(Poll::Pending)
        })
        .await
    }

    /// Copies the data of a running module into a folder of its name under `directory`, which must not exist yet: all of
    /// it as of one commit point that is not before this call. Appends and reads go on meanwhile. The copy is checked, and can
    /// be put back with [`data::restore`], or launched from as it is.
    ///
    /// # Errors
    /// When the module does not run or ends meanwhile, something is in the way, or the system refuses. There is no copy
    /// then.
    pub async fn backup(
        &self,
        module: &str,
        directory: impl Into<PathBuf>,
    ) -> Result<data::Report, DataError> {
        let engine = {
            let modules = self.modules.lock().await;
            let launched = modules.get(module).and_then(|launched| launched.instance.as_ref());
            launched.map(Instance::engine)
        };
        let not_running = || DataError::NotRunning { module: module.to_owned() };
        let engine = engine.ok_or_else(not_running)?;
        let snapshot = engine.snapshot().await.ok_or_else(not_running)?;
        let (directory, module) = (directory.into(), engine.module);
        let copied =
            tokio::task::spawn_blocking(move || data::copy_store(&snapshot, module, &directory));
        let copied = copied.await;
        copied.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
    }

    /// Ends all modules at once, as a crash of the process would: what was not made durable is gone, and nothing is
    /// tidied up. Handles lead nowhere until [`Self::restart`].
    pub async fn kill(&self) {
        for (&name, launched) in self.modules.lock().await.iter_mut() {
            launched.link.follow(None);
            drop(launched.instance.take());
            self.known(name, Known::default());
        }
    }

    /// Starts all modules that were launched and do not run, on the data they left. Handles follow.
    ///
    /// # Errors
    /// As [`Self::launch`], of the first module that does not start; those before it run.
    pub async fn restart(&self) -> Result<()> {
        for launched in self.modules.lock().await.values_mut() {
            if launched.instance.is_none() {
                self.begin(launched)?;
            }
        }
        Ok(())
    }

    /// How a module is; `None` when it was never launched here. Waits for nothing, also while modules start or stop.
    pub async fn status(&self, module: &str) -> Option<Status> {
        let engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        let Known { engine, stops } = engines.get(module)?;
        Some(engine.upgrade().map_or(Status::Stopped, |engine| status(&engine, *stops)))
    }

    /// How full everything is that is bounded in a module; nothing when it does not run. For tests of the bounds.
    #[doc(hidden)]
    pub async fn levels(&self, module: &str) -> Vec<Level> {
        let modules = self.modules.lock().await;
        let launched = modules.get(module).and_then(|launched| launched.instance.as_ref());
        launched.map(|instance| instance.engine().levels()).unwrap_or_default()
    }

    fn begin(&self, launched: &mut Launched) -> Result<()> {
        let instance = (launched.start)(self)?;
        let engine = instance.engine();
        let known = Known { engine: Arc::downgrade(&engine), stops: false };
        self.known(engine.module, known);
        launched.link.follow(Some(engine));
        launched.instance = Some(instance);
        Ok(())
    }

    async fn stop(&self, link: &Link, instance: Instance) -> Result<()> {
        let engine = instance.engine();
        let known = Known { engine: Arc::downgrade(&engine), stops: true };
        self.known(engine.module, known);
        link.follow(None);
        let stopped = instance.stop().await;
        self.known(engine.module, Known::default());
        Ok(stopped?)
    }

    fn known(&self, module: &'static str, known: Known) {
        let mut engines = self.engines.lock().unwrap_or_else(PoisonError::into_inner);
        engines.insert(module, known);
    }
}

/// How a module is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// It takes records and answers.
    Running,
    /// Events run in it that do not end, and no commit is made before they do (B11).
    Stuck(Vec<StuckEvent>),
    /// It can make nothing durable any more; what is committed can be read.
    Broken(Arc<str>),
    /// It is being stopped: it takes nothing more, and finishes what it has taken.
    Stopping,
    /// It was stopped.
    Stopped,
}

fn status(engine: &Engine, stops: bool) -> Status {
    match engine.gate.ending() {
        Some(Ending::Broken(reason)) => Status::Broken(reason),
        Some(Ending::Stopped { .. }) => Status::Stopped,
        None => match engine.watch.stuck() {
            stuck if stuck.is_empty() && stops => Status::Stopping,
            stuck if stuck.is_empty() => Status::Running,
            stuck => Status::Stuck(stuck),
        },
    }
}

/// What starts a module again and again.
fn starter<M: Module>(module: &Arc<M>, config: LaunchConfig) -> Start {
    let module = Arc::clone(module);
    Box::new(move |cluster| {
        let disk = (cluster.storage)(module.name())?;
        Instance::start(&*module, &config, &disk, &cluster.seams)
    })
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster").field("seams", &self.seams).finish_non_exhaustive()
    }
}
