//! One running instance of a module (C-03): its engine and its actors.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tokio::sync::oneshot;

use super::{LaunchConfig, Seams};
use crate::{
    depot::DepotTarget,
    disk::{Disk, DiskLock},
    driver::{Actor, Outside, Running, Signal, Step, Wakes},
    engine::{
        Answers, Checkpointer, Committer, Ending, Engine, Gate, Lane, LaneDoor, Left, Letters,
        Policies, Quarantine, Recovered, Shared, Trims, Unfinished, Watch, Watchdog, recover,
    },
    error::LaunchError,
    flow::{Appends, ModuleInstanceInfo, Parking},
    id::{DepotId, Epoch, TaskId},
    log::{Durability, UnloggedLog},
    module::{Definition, Module, ModuleBuilder, Opened, Opening},
    moment::Moment,
    panic::panic_message,
    pstate::PStatePartition,
    store::Store,
    task::{Exits, IntakeSlot, Task, TaskInstance},
};

/// A module that runs. Dropping it stops it as a crash would, but without waiting actors left behind.
pub(super) struct Instance {
    engine: Arc<Engine>,
    actors: Vec<Box<dyn Running>>,
    /// Closed when an actor has ended, one for each.
    ended: Vec<oneshot::Receiver<()>>,
    /// Outlives the actors, so that a broken module can still be read.
    _store: Arc<Store>,
    /// Given back after everything else has ended.
    _lock: DiskLock,
}

impl Instance {
    pub(super) fn start<M: Module>(
        module: &M,
        config: &LaunchConfig,
        disk: &Arc<dyn Disk>,
        seams: &Seams,
    ) -> Result<Self, LaunchError> {
        let name = module.name();
        let mut builder = ModuleBuilder::default();
        module.define(&mut builder);
        let definition =
            builder.finish().map_err(|reason| LaunchError::Module { module: name, reason })?;
        let tuning = config.tunes().clone();
        let recovered = recover(disk, name, config.task_count(), definition.catalog(), &tuning)?;
        let answers = Answers::new(definition.topologies.clone(), &definition.program);
        let epoch = Epoch(recovered.meta.covered);
        let (engine, trims) = engine(name, config, (disk, seams), definition, &recovered)?;
        engine.check_rows_if_asked();
        let engine = Arc::new(engine);
        let Recovered { store, log, meta, tables, lock, .. } = recovered;
        let durability = config.durability_setting();
        let log = match durability {
            Durability::Memory => Box::new(UnloggedLog::new(epoch)),
            Durability::Sync | Durability::Interval(_) => log,
        };
        let pace = (durability, tuning);
        let committer = Committer::new(Arc::clone(&engine), answers, log, pace, epoch);
        let store = Arc::new(store);
        let (of, facts) = (Arc::clone(&engine), (tables, meta));
        let checkpointer = Checkpointer::new(of, Arc::clone(&store), facts, trims);
        let mut instance =
            Self { engine, actors: Vec::new(), ended: Vec::new(), _store: store, _lock: lock };
        instance
            .run(seams, Box::new(committer), Box::new(checkpointer))
            .map_err(|error| LaunchError::Config(format!("the system gives no thread: {error}")))?;
        Ok(instance)
    }

    fn run(
        &mut self,
        seams: &Seams,
        committer: Box<dyn Actor>,
        checkpointer: Box<dyn Actor>,
    ) -> std::io::Result<()> {
        let engine = Arc::clone(&self.engine);
        let mut start = |name: &str, signal: &Arc<Signal>, actor: Box<dyn Actor>| {
            let (ends, ended) = oneshot::channel();
            let engine = Arc::clone(&engine);
            let actor = Watched { actor, engine, name: name.to_owned(), _ends: ends };
            let wakes = Wakes { signal: Arc::clone(signal), clock: Arc::clone(&seams.clock) };
            let running = seams.driver.start(name, wakes, Box::new(actor))?;
            self.actors.push(running);
            self.ended.push(ended);
            std::io::Result::Ok(())
        };
        start("committer", &engine.groups.signal, committer)?;
        start("checkpointer", &engine.checkpoints.signal, checkpointer)?;
        let watchdog = Box::new(Watchdog::new(Arc::clone(&engine)));
        start("watchdog", &engine.watch.signal, watchdog)?;
        for (index, door) in engine.lanes.iter().enumerate() {
            let lane = Lane::new(index, Arc::clone(&engine));
            start(&format!("tasks-{index}"), &door.signal, Box::new(lane))?;
        }
        Ok(())
    }

    pub(super) fn engine(&self) -> Arc<Engine> {
        Arc::clone(&self.engine)
    }

    /// Finishes what was taken in, brings the store up to date and ends.
    pub(super) async fn stop(mut self) -> Result<(), LaunchError> {
        let rested = self.engine.come_to_rest().await;
        self.engine.halt(true);
        for ended in self.ended.drain(..) {
            // The actor drops its side when it ends.
            let _ = ended.await;
        }
        self.join();
        let ended = match self.engine.gate.ending() {
            Some(Ending::Broken(reason)) => Err(reason),
            Some(Ending::Stopped { .. }) | None => Ok(()),
        };
        let stopped = rested.and(ended);
        if stopped.is_ok() {
            self.engine.settle_row_checks();
        }
        stopped.map_err(|reason| LaunchError::Module {
            module: self.engine.module,
            reason: format!("it broke before its last work was durable: {reason}"),
        })
    }

    fn join(&mut self) {
        self.actors.drain(..).for_each(Running::join);
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.engine.halt(false);
        self.join();
    }
}

/// An actor whose panic ends the module with a reason, instead of leaving everybody waiting for it.
struct Watched {
    actor: Box<dyn Actor>,
    engine: Arc<Engine>,
    name: String,
    /// Dropped with the actor.
    _ends: oneshot::Sender<()>,
}

impl Actor for Watched {
    fn step(&mut self) -> Step {
        catch_unwind(AssertUnwindSafe(|| self.actor.step())).unwrap_or_else(|panic| {
            let message = panic_message(panic.as_ref());
            self.engine.break_down(&format!("the thread `{}` panicked: {message}", self.name));
            self.engine.abandon();
            Step::Done
        })
    }
}

/// What all declarations become together.
#[derive(Default)]
struct Parts {
    shared: Shared,
    /// By task.
    intakes: Vec<Vec<Box<dyn IntakeSlot>>>,
    /// By task.
    pstates: Vec<Vec<PStatePartition>>,
    targets: Vec<DepotTarget>,
    unfinished: Vec<Left>,
    lags: bool,
    trims: Trims,
}

fn open_all(definition: &Definition, opening: &Opening<'_>) -> Result<Parts, LaunchError> {
    let mut parts = Parts {
        shared: Shared { moment: opening.moment.clone(), ..Shared::default() },
        intakes: opening.task_ids().map(|_| Vec::new()).collect(),
        pstates: opening.task_ids().map(|_| Vec::new()).collect(),
        ..Parts::default()
    };
    let shared = &mut parts.shared;
    for (id, depot) in (0..).map(DepotId).zip(&definition.depots) {
        let opened = depot.open(opening)?;
        shared.depots.extend(opened.shared.map(|shared| (depot.name(), shared)));
        shared.queues.extend(opened.queues);
        let views = opening.task_ids().zip(opened.depot_views);
        shared.depot_views.extend(views.map(|(task, view)| (id, task, view)));
        parts.intakes.iter_mut().zip(opened.intakes).for_each(|(task, intake)| task.push(intake));
        parts.targets.extend(opened.target);
        parts.unfinished.extend(opened.unfinished);
        parts.lags |= opened.lags;
        parts.trims.extend(opened.trims);
    }
    for pstate in &definition.pstates {
        let Opened { shared: handle, pstate_views, partitions, .. } = pstate.open(opening)?;
        shared.pstates.extend(handle.map(|handle| (pstate.name(), handle)));
        shared.pstate_views.extend(pstate_views);
        parts.pstates.iter_mut().zip(partitions).for_each(|(task, rows)| task.push(rows));
    }
    Ok(parts)
}

/// Puts tasks and lanes together.
fn engine(
    name: &'static str,
    config: &LaunchConfig,
    (disk, seams): (&Arc<dyn Disk>, &Seams),
    definition: Definition,
    recovered: &Recovered,
) -> Result<(Engine, Trims), LaunchError> {
    let threads = config.thread_count() as usize;
    let doors: Vec<LaneDoor> = (0..threads).map(|_| LaneDoor::default()).collect();
    let wake = |task: u32| Arc::clone(&doors[task as usize % threads].signal);
    let wakes: Vec<_> = (0..config.task_count()).map(wake).collect();
    let moment = Moment::default();
    let opening = Opening {
        module: name,
        now: seams.clock.wall(),
        tasks: config.task_count(),
        moment: &moment,
        program: &definition.program,
        recovered,
        wakes: &wakes,
    };
    let topologies = definition.topologies.clone();
    let depots = definition.depots.iter().map(|depot| depot.name()).collect();
    let Parts { shared, intakes, pstates, targets, unfinished, lags, trims } =
        open_all(&definition, &opening)?;
    let (clock, outside) =
        (Arc::clone(&seams.clock), Outside::of(&*seams.driver, Arc::clone(&seams.clock)));
    let info = ModuleInstanceInfo::new(name, config.task_count(), config.thread_count());
    let instance = TaskInstance {
        tasks: config.task_count(),
        check_locality: config.checks_locality(),
        facts: Arc::new(definition.facts(info)),
        program: Arc::new(definition.program),
        clock: Arc::clone(&clock),
    };
    let policies = Policies::new(instance.program.retries());
    let targets: Arc<[_]> = Arc::from(targets);
    let tasks = intakes.into_iter().zip(pstates).zip(0..).map(|((intakes, pstates), id)| {
        let appends = Appends::new(Arc::clone(&targets));
        let parking =
            Parking::new(outside.clone(), Arc::clone(&wakes[id as usize]), config.task_count());
        let exits = Exits { appends, parking };
        Task::new(TaskId(id), instance.clone(), intakes, pstates, exits)
    });
    let tasks: Vec<Task> = tasks.collect();
    let pulses = tasks.iter().map(Task::pulse).collect();
    let watch = Watch::new(pulses, topologies, depots, config.patience());
    let epoch = Epoch(recovered.meta.covered).next();
    let letters = Letters::new(recovered.tables.clone(), Arc::clone(&recovered.snapshot));
    let (names, given) = (recovered.meta.catalog.clone(), letters.given_up()?);
    let quarantine = Quarantine::open(disk, names, lags || !unfinished.is_empty());
    let unfinished = Unfinished::new(policies, unfinished, given);
    let gate = Gate::new(threads, epoch, unfinished, quarantine.care());
    let disk = Arc::clone(disk);
    Ok((
        Engine::new(
            name,
            (clock, outside),
            tasks,
            doors,
            gate,
            shared,
            (watch, disk, letters, quarantine),
        ),
        trims,
    ))
}
