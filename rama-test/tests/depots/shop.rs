//! A module with one depot of sales, with whatever options, and topologies that write down what they read.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rama_core::{
    __private::{Depot, Link, PState, at, key_hash},
    clock::{Clock, ManualClock, Timestamp},
    cluster::Tuning,
    depot::{DepotOptions, Partitioning},
    error::EventError,
    flow::{Retry, SourceOptions, StartFrom},
    module::{Module, ModuleBuilder},
    prelude::*,
};
use rama_test::InProcessCluster;
use tokio::sync::watch;

use crate::{common::config, failing_disk::Failing};

/// A record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sale {
    pub(crate) at: i64,
    pub(crate) number: i64,
    /// Makes a record large.
    pub(crate) notes: String,
}

impl Sale {
    /// A sale at the home of 0.
    pub(crate) fn new(number: i64) -> Self {
        Self { at: 0, number, notes: String::new() }
    }

    pub(crate) fn with_notes(number: i64, length: usize) -> Self {
        Self { notes: "x".repeat(length), ..Self::new(number) }
    }
}

/// Sales with this number fail in every topology.
pub(crate) const FAILS: i64 = -1;

/// Sales with this number are parked in every topology until the door is open.
pub(crate) const WAITS: i64 = -2;

/// Topologies have one of these names, and a PState of theirs.
pub(crate) const READERS: [&str; 2] = ["first", "second"];

#[derive(Clone)]
pub(crate) struct Shop {
    pub(crate) door: Arc<watch::Sender<bool>>,
    pub(crate) options: DepotOptions,
    pub(crate) random: bool,
    pub(crate) retry: Retry,
    /// The topologies, with where each of their sources begins.
    pub(crate) readers: Vec<(&'static str, Vec<StartFrom>)>,
}

impl Default for Shop {
    fn default() -> Self {
        let door = Arc::new(watch::Sender::new(false));
        let (options, readers) = (DepotOptions::new(), Vec::new());
        Self { door, options, random: false, retry: Retry::None, readers }
    }
}

impl Shop {
    /// With one topology that begins here.
    pub(crate) fn starting(from: StartFrom) -> Self {
        Self { readers: vec![(READERS[0], vec![from])], ..Self::default() }
    }

    pub(crate) fn with(options: DepotOptions) -> Self {
        Self { options, ..Self::starting(StartFrom::End) }
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) sales: Depot<Sale>,
    read: [PState<Vec<i64>>; 2],
}

impl Module for Shop {
    type Client = Client;

    fn name(&self) -> &'static str {
        "Shop"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let rule = match self.random {
            true => Partitioning::random(),
            false => Partitioning::hash_by(|sale: &Sale| key_hash(&sale.at)),
        };
        let sales = module.depot_with("sales", rule, self.options.clone());
        let declared: Vec<_> = READERS
            .map(|name| {
                let mut stream = module.stream(name);
                (name, stream.id(), stream.pstate::<Vec<i64>>(name))
            })
            .into();
        for (name, topology, read) in declared {
            let starts = self.readers.iter().filter(|(reader, _)| *reader == name);
            for start in starts.flat_map(|(_, starts)| starts) {
                let options = SourceOptions::new().start_from(*start).retry(self.retry);
                let flow = module.flow(topology);
                let came = flow.returns("after await_future(door)");
                flow.define_returns(came, |cx, _: i64, ()| cx.ack_return(&"late"));
                let door = Arc::clone(&self.door);
                flow.source_with(sales, "source(*sales)", options, move |cx, sale: Sale| {
                    let path = read.path().nil_to_val(Vec::new());
                    let path = path.update(|read: &mut Vec<i64>| read.push(sale.number));
                    cx.local_transform(at(file!(), line!()), path)?;
                    cx.ack_return(&sale.number)?;
                    match sale.number {
                        FAILS => Err(EventError::new("nobody buys this")),
                        WAITS => {
                            let mut door = door.subscribe();
                            let opens = async move {
                                // Nobody can open it any more when the shop is gone.
                                let _ = door.wait_for(|open| *open).await;
                                0_i64
                            };
                            cx.await_future(opens, None, came, ())
                        }
                        _ => Ok(()),
                    }
                });
            }
        }
    }

    fn client(link: &Link) -> Client {
        Client { sales: link.depot("sales"), read: READERS.map(|name| link.pstate(name)) }
    }
}

impl Client {
    /// Appends sales with these numbers at the home of 0.
    pub(crate) async fn sell(&self, numbers: impl IntoIterator<Item = i64>) {
        let sales = numbers.into_iter().map(Sale::new);
        self.sales.append_all(sales, AckLevel::Ack).await.unwrap();
    }

    /// The numbers that a topology has read, on all tasks.
    pub(crate) async fn read(&self, reader: &str) -> Vec<i64> {
        let at = READERS.iter().position(|name| *name == reader).unwrap();
        let all = self.read[at].all_partitions();
        all.select(path![nil_to_val(Vec::new())]).await.unwrap().concat()
    }

    /// Offsets of the only partition.
    pub(crate) fn range(&self) -> (u64, u64) {
        let info = self.sales.partition_info(TaskId(0)).unwrap();
        (info.start.0, info.end.0)
    }

    pub(crate) async fn offset_at(&self, time: u64) -> u64 {
        self.sales.offset_at(TaskId(0), Timestamp(time)).await.unwrap().0
    }

    /// All sales of the only partition.
    pub(crate) async fn numbers(&self) -> Vec<i64> {
        let (start, end) = self.range();
        let sales = self.sales.read_all(TaskId(0), start..end).await.unwrap();
        sales.into_iter().map(|sale| sale.number).collect()
    }
}

/// One disk over the lives of a shop.
pub(crate) struct Street {
    pub(crate) disk: Failing,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tasks: u32,
    pub(crate) tuning: Tuning,
}

/// A shop that is open.
pub(crate) struct Open {
    ipc: InProcessCluster,
    pub(crate) client: Client,
    disk: Failing,
    clock: Arc<ManualClock>,
}

impl Street {
    /// With shops of one task.
    pub(crate) fn new() -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000)));
        Self { disk: Failing::default(), clock, tasks: 1, tuning: Tuning::default() }
    }

    pub(crate) async fn open(&self, shop: Shop) -> Open {
        self.try_open(shop).await.unwrap()
    }

    pub(crate) async fn try_open(&self, shop: Shop) -> Result<Open> {
        let ipc = InProcessCluster::create_on_disks(self.disk.for_every_module()).await?;
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as _;
        let ipc = ipc.with_clock(clock);
        let config = config(self.tasks, 1).tuning(self.tuning.clone());
        let client = ipc.launch(shop, config).await?;
        Ok(Open { ipc, client, disk: self.disk.clone(), clock: Arc::clone(&self.clock) })
    }

    /// The clock by which shops are opened from now on says something else.
    pub(crate) fn set_clock(&mut self, time: u64) {
        self.clock = Arc::new(ManualClock::new(Timestamp(time)));
    }
}

impl Open {
    /// Moves the clock to a time.
    pub(crate) fn wait_until(&self, time: u64) {
        let passes = time.checked_sub(self.clock.now().0).unwrap();
        self.clock.advance(Duration::from_micros(passes));
    }

    /// Everything that was taken in is finished and in the store.
    pub(crate) async fn close(self) {
        self.ipc.shutdown().await.unwrap();
    }

    /// What is not on the disk is lost, and what was committed may still be in the log alone.
    pub(crate) fn crash(self) {
        self.disk.writes_vanish.store(true, Ordering::Relaxed);
        drop(self.ipc);
        self.disk.writes_vanish.store(false, Ordering::Relaxed);
    }
}
