//! The module under test: money goes from one account to another, with two hops.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc, time::Duration};

use rama_core::{
    Result,
    cluster::{Cluster, Durability, LaunchConfig, Tuning},
    disk::FileDisk,
    error::LaunchError,
    flow::RandomSource,
    log::LogOptions,
    prelude::*,
};

use crate::disk::{FaultDisk, Plan};

/// Partitions of everything.
pub const TASKS: u32 = 2;

/// Accounts that money goes between.
pub const ACCOUNTS: u64 = 20;

/// One in so many transfers is large, so that the log fills its files.
const LARGE_EVERY: u64 = 40;

/// The note of a large one.
const LARGE_BYTES: u64 = 30_000;

/// Length of a file of the log.
pub const SEGMENT_BYTES: u64 = 64 * 1024;

/// Files of the log fill, and checkpoints are due, many times in a life that lasts a moment.
fn tuning() -> Tuning {
    Tuning {
        log: LogOptions { segment_bytes: SEGMENT_BYTES, growth_bytes: 16 * 1024 },
        checkpoint_bytes: 128 * 1024,
        checkpoint_interval: Duration::from_millis(100),
        ..Tuning::default()
    }
}

/// Money on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Never the same twice.
    pub id: u64,
    /// Who pays.
    pub from: u64,
    /// Who gets it.
    pub to: u64,
    /// How much.
    pub cents: i64,
    /// Makes some of them large.
    pub note: String,
}

impl Transfer {
    /// The transfer of a number: random, and always the same.
    #[must_use]
    pub fn of(id: u64) -> Self {
        let mut random = RandomSource::seeded(id);
        let (from, to) = (random.below(ACCOUNTS), random.below(ACCOUNTS));
        let cents = i64::try_from(random.below(10_000)).expect("a small number");
        let length =
            if random.below(LARGE_EVERY) == 0 { random.below(LARGE_BYTES) } else { id % 50 };
        let note = "x".repeat(usize::try_from(length).expect("a small number"));
        Self { id, from, to, cents, note }
    }
}

defmodule! {
    /// Accounts, and how often each transfer was seen.
    pub BankModule {
        depot *transfers: Transfer, hash_by(from);

        stream bank {
            pstate $$balances: Map<u64, i64>;
            pstate $$seen: Map<u64, u32>;

            sources! {
                source(*transfers) :> Transfer { id, from, to, cents, .. };
                local_transform([keypath(from), nil_to_val(0), term(|sum| sum - cents)], $$balances);
                |hash(to);
                local_transform([keypath(to), nil_to_val(0), term(|sum| sum + cents)], $$balances);
                |hash(id);
                local_transform([keypath(id), nil_to_val(0), term(|count| count + 1)], $$seen);
            }
        }
    }
}

/// The typed client of the module.
pub type Client = <BankModule as Module>::Client;

/// A running bank.
pub struct Bank {
    /// In which it runs.
    pub cluster: Cluster,
    /// How it is reached.
    pub client: Client,
}

/// Everything that a bank holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// The numbers of the transfers by task, in their order.
    pub transfers: Vec<Vec<u64>>,
    /// By account.
    pub balances: BTreeMap<u64, i64>,
    /// How often each transfer was seen.
    pub seen: BTreeMap<u64, u32>,
}

impl Bank {
    /// Starts on a directory; the disk does what the plan says.
    ///
    /// # Errors
    /// Those of the launch.
    pub async fn start(
        data: impl Into<PathBuf>,
        plan: &Plan,
        durability: Durability,
    ) -> Result<Self> {
        let (data, plan) = (data.into(), plan.clone());
        let cluster = Cluster::on_disks(move |module| {
            let path = data.join(module);
            match FileDisk::create(&path) {
                Ok(disk) => Ok(Arc::new(FaultDisk::new(Arc::new(disk), plan.clone()))),
                Err(error) => Err(LaunchError::Directory { path, reason: error.to_string() }),
            }
        });
        let config = LaunchConfig::new().tasks(TASKS).durability(durability).tuning(tuning());
        let client = cluster.launch(BankModule, config).await?;
        Ok(Self { cluster, client })
    }

    /// Appends the transfer of a number, and tells where it is.
    ///
    /// # Errors
    /// Those of the append.
    pub async fn append(&self, id: u64) -> Result<(u32, u64)> {
        let place = self.client.depot.transfers.append(Transfer::of(id)).await?.place();
        let (task, offset) = place.expect("an acknowledged record has its place");
        Ok((task.0, offset.0))
    }

    /// The transfers of a task from an offset on.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn transfers(&self, task: u32, from: u64) -> Result<Vec<Transfer>> {
        let transfers = &self.client.depot.transfers;
        let end = transfers.partition_info(TaskId(task))?.end.0;
        let (mut found, mut next) = (Vec::new(), from.min(end));
        while next < end {
            let page = transfers.read(TaskId(task), next..end).await?;
            found.extend(page.records.into_iter().map(|record| record.event));
            next = page.next.0;
        }
        Ok(found)
    }

    /// All accounts.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn balances(&self) -> Result<BTreeMap<u64, i64>> {
        let all = self.client.pstate.balances.all_partitions().select(path![ALL]).await?;
        Ok(all.into_iter().collect())
    }

    /// How often a transfer was seen.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn seen(&self, id: u64) -> Result<u32> {
        let seen = self.client.pstate.seen.select_one(path![keypath(id)]).await?;
        Ok(seen.unwrap_or(0))
    }

    /// Everything that it holds, as clients read it.
    ///
    /// # Errors
    /// Those of the reads.
    ///
    /// # Panics
    /// When a transfer is not what was appended.
    pub async fn holds(&self) -> Result<Holds> {
        let mut transfers = Vec::new();
        for task in 0..TASKS {
            let stored = self.transfers(task, 0).await?;
            for transfer in &stored {
                assert_eq!(*transfer, Transfer::of(transfer.id), "a transfer is what was appended");
            }
            transfers.push(stored.iter().map(|transfer| transfer.id).collect());
        }
        let seen = self.client.pstate.seen.all_partitions().select(path![ALL]).await?;
        Ok(Holds { transfers, balances: self.balances().await?, seen: seen.into_iter().collect() })
    }
}

impl Holds {
    /// What follows from these transfers.
    #[must_use]
    pub fn of(transfers: Vec<Vec<u64>>) -> Self {
        let mut holds = Self { transfers, ..Self::default() };
        for id in holds.transfers.iter().flatten() {
            let Transfer { from, to, cents, .. } = Transfer::of(*id);
            *holds.balances.entry(from).or_default() -= cents;
            *holds.balances.entry(to).or_default() += cents;
            *holds.seen.entry(*id).or_default() += 1;
        }
        holds
    }
}

impl fmt::Debug for Bank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bank").field("cluster", &self.cluster).finish_non_exhaustive()
    }
}
