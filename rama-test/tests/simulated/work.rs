//! Random work under random faults.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use rama_core::{
    cluster::{Durability, Status},
    flow::RandomSource,
    prelude::*,
};
use rama_test::{Joined, Simulation, World, assert_exactly_once};

use crate::{
    bank::{ACCOUNTS, BankModule, BankModuleClient, Transfer},
    client::Client,
    ledger::Ledger,
};

/// What a reader saw last, by account: how many entries it has. Visible is durable, so it never goes back, whatever
/// happens (oracle 4).
type Seen = Arc<Mutex<BTreeMap<u64, usize>>>;

/// Operations of a start that has some groups to bring into the store: about as many.
const START_OPERATIONS: u64 = 16;

/// How much later than its time a sync may come: until its actor is stepped, and a client knows what it was told.
const WINDOW_SLACK: Duration = Duration::from_millis(100);

/// What goes wrong in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    PowerLoss,
    Death,
    FailingOperation,
    FullDisk,
}

/// What may be lost of what was acknowledged, with durabilities that allow it.
#[derive(Clone, Copy, Debug, Default)]
struct Losses {
    /// What was not synced may be gone: by a loss of power, or a sync that failed.
    unsynced: bool,
    /// What was in memory is gone.
    memory: bool,
}

struct Life {
    world: World,
    bank: BankModuleClient,
    durability: Durability,
    /// Whether something was wrong since the last start that may have broken it.
    was_faulty: bool,
    ledger: Ledger,
    seen: Seen,
    random: RandomSource,
}

#[test]
fn nothing_is_lost_and_nothing_counted_twice() {
    Simulation::new().seeds(2_000).run(random_work);
}

pub(crate) async fn random_work(world: World) -> Result<()> {
    let durability = any_durability(&mut world.random("durability"));
    let config = world.any_config().durability(durability);
    let bank = world.launch_with(BankModule, config).await?;
    let (ledger, seen) = (Ledger::default(), Seen::default());
    let random = world.random("work");
    let mut life = Life { world, bank, durability, was_faulty: false, ledger, seen, random };
    for _ in 0..=life.random.below(4) {
        life.round().await?;
    }
    life.check().await?;
    // It takes as long as some worlds together.
    if !life.was_faulty && life.random.below(50) == 0 {
        life.client(0).flood().await?;
    }
    Ok(())
}

fn any_durability(random: &mut RandomSource) -> Durability {
    match random.below(8) {
        0..5 => Durability::Sync,
        5..7 => Durability::Interval(Duration::from_millis(1 + random.below(30))),
        _ => Durability::Memory,
    }
}

impl Life {
    /// Clients work, something goes wrong or not, and everything is looked at behind it.
    async fn round(&mut self) -> Result<()> {
        let trouble = self.make_trouble();
        let reader = self.reader();
        let mut running = vec![self.world.spawn(reader)];
        for client in 0..=self.random.below(4) {
            let client = self.client(client);
            running.push(self.world.spawn(client.work()));
        }
        running.push(self.operator());
        running.extend(self.clock_setter());
        for one in running {
            one.join().await;
        }
        self.world.heal();
        let broken = matches!(self.world.status("BankModule").await, Some(Status::Broken(_)));
        self.was_faulty |= trouble != Trouble::None;
        let failed = trouble == Trouble::FailingOperation;
        let mut losses = Losses { unsynced: failed, memory: true };
        match (trouble, self.random.below(4)) {
            _ if broken && self.random.below(2) == 0 => self.world.kill().await,
            (Trouble::PowerLoss, _) | (_, 0) => {
                losses.unsynced = true;
                self.world.crash().await;
            }
            (Trouble::FailingOperation | Trouble::Death, _) | (_, 1) => self.world.kill().await,
            // What it says when it cannot stop is of no interest here.
            (_, 2) => losses.memory = self.world.shutdown().await.is_err(),
            (Trouble::None | Trouble::FullDisk, _) => return self.check().await,
        }
        let failed_start = self.start_with_faults(trouble, &mut losses).await;
        self.world.restart().await?;
        self.was_faulty = false;
        self.write_off(losses)?;
        if failed_start {
            // What it goes on from must be on the disk, before a checkpoint has made it so.
            self.client(0).probe().await?;
            self.world.crash_and_restart().await?;
            self.write_off(Losses { unsynced: true, memory: true })?;
        }
        self.check().await?;
        if self.random.below(4) == 0 {
            // What was seen must not depend on memory that the power takes with it.
            self.world.crash_and_restart().await?;
            self.write_off(Losses { unsynced: true, memory: true })?;
            self.check().await?;
        }
        Ok(())
    }

    /// It may end again while it recovers (A11), or its disk fail. Tells whether that happened.
    async fn start_with_faults(&mut self, trouble: Trouble, losses: &mut Losses) -> bool {
        let mut has_failed = false;
        // A process that died while it wrote leaves most to do.
        let one_in = if trouble == Trouble::Death { 2 } else { 3 };
        while self.random.below(one_in) == 0 {
            match self.random.below(3) {
                0 => {
                    self.world.lose_power_within(20);
                    let _ = self.world.restart().await;
                    self.world.crash().await;
                    losses.unsynced = true;
                }
                1 => {
                    self.world.die_within(20);
                    let _ = self.world.restart().await;
                    self.world.kill().await;
                }
                _ => {
                    self.world.fail_once_at(1 + self.random.below(START_OPERATIONS));
                    let started = self.world.restart().await.is_ok();
                    self.world.heal();
                    // Who could not start may try again in the same process.
                    if started || self.random.below(2) == 0 {
                        self.world.kill().await;
                    }
                    losses.unsynced = true;
                    has_failed |= !started;
                }
            }
        }
        has_failed
    }

    /// Forgets what the durability of the module allows to be lost (docs/RELIABILITY.md).
    fn write_off(&self, losses: Losses) -> Result<()> {
        let window = match self.durability {
            Durability::Interval(interval) if losses.unsynced => Some(2 * interval + WINDOW_SLACK),
            Durability::Memory if losses.memory => None,
            _ => return Ok(()),
        };
        self.seen.lock().expect("nobody panicked with it").clear();
        self.ledger.write_off(&self.bank.depot.transfers, window)
    }

    fn make_trouble(&mut self) -> Trouble {
        match self.random.below(8) {
            4 | 5 => {
                self.world.die_within(60);
                Trouble::Death
            }
            0 | 1 => {
                self.world.lose_power_within(60);
                Trouble::PowerLoss
            }
            2 => {
                self.world.fail_once_within(60);
                Trouble::FailingOperation
            }
            3 => {
                let bytes = self.random.below(20_000);
                self.world.leave_room(usize::try_from(bytes).expect("a small number"));
                Trouble::FullDisk
            }
            _ => Trouble::None,
        }
    }

    /// Somebody who makes room on a full disk, sooner or later: what waits for it goes on then (C1).
    fn operator(&mut self) -> Joined<()> {
        let (world, seconds) = (self.world.clone(), self.random.below(300));
        self.world.spawn(async move {
            world.advance(Duration::from_secs(seconds)).await;
            world.make_room();
        })
    }

    /// Somebody who sets the clock wrong, or right (B16).
    fn clock_setter(&mut self) -> Option<Joined<()>> {
        let (world, millis) = (self.world.clone(), self.random.below(500));
        let ahead = match self.random.below(8) {
            0 => true,
            1 => false,
            _ => return None,
        };
        Some(self.world.spawn(async move {
            world.advance(Duration::from_millis(millis)).await;
            if ahead {
                world.set_clock_ahead(Duration::from_hours(24));
            } else {
                world.set_clock_back(Duration::from_hours(1));
            }
        }))
    }

    fn client(&mut self, number: u64) -> Client {
        let (world, random) = (self.world.clone(), RandomSource::seeded(self.random.next_u64()));
        Client { world, number, bank: self.bank.clone(), ledger: self.ledger.clone(), random }
    }

    /// A client that reads.
    fn reader(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let (bank, seen) = (self.bank.clone(), Arc::clone(&self.seen));
        let mut random = RandomSource::seeded(self.random.next_u64());
        async move {
            for _ in 0..random.below(20) {
                let account = random.below(ACCOUNTS);
                let entries = &bank.pstate.entries;
                let entries = entries.select(path![keypath(account), MAP_VALS]).await;
                let Ok(entries) = entries else { return };
                let mut seen = seen.lock().expect("nobody panicked with it");
                let before = seen.insert(account, entries.len()).unwrap_or_default();
                assert!(before <= entries.len(), "account {account} had {before} entries before");
            }
        }
    }

    /// Everything is as the records say, what was unsure is done, and it goes on.
    async fn check(&mut self) -> Result<()> {
        // A module looks for room on a full disk now and then only.
        self.world.advance(Duration::from_secs(1)).await;
        let runs = !matches!(self.world.status("BankModule").await, Some(Status::Broken(_)));
        assert!(runs || self.was_faulty, "it broke, and nothing was wrong");
        if !runs {
            // Everything durable can still be read, though topologies may not have come to all of it.
            self.ledger.check(&self.bank.depot.transfers).await?;
            self.world.kill().await;
            self.world.restart().await?;
            self.was_faulty = false;
            self.write_off(Losses { unsynced: true, memory: true })?;
        }
        self.client(0).repeat().await;
        self.world.run_until_idle().await;
        let BankModuleClient { depot, pstate, .. } = &self.bank;
        self.ledger.check(&depot.transfers).await?;
        let balances = pstate.balances.all_partitions().select(path![ALL]).await?;
        assert_exactly_once(&depot.transfers, balances, BankModule::fold).await?;
        let notices = pstate.notices.all_partitions().select(path![ALL]).await?;
        assert_exactly_once(&depot.transfers, notices, BankModule::notice).await?;
        let logged = pstate.logged.all_partitions().select(path![ALL]).await?;
        assert_exactly_once(&depot.transfers, logged, BankModule::log).await?;
        self.check_letters().await?;
        self.check_entries().await?;
        assert_eq!(self.world.status("BankModule").await, Some(Status::Running));
        self.client(0).probe().await?;
        if self.random.below(3) == 0 {
            self.client(0).probe_keys(self.durability == Durability::Sync).await?;
        }
        Ok(())
    }

    /// Whatever fails is a dead letter at last, and nothing else is (ST-14).
    async fn check_letters(&self) -> Result<()> {
        // Longer than all attempts together, one of them after the longest wait because the clock was set back.
        self.world.advance(Duration::from_secs(15)).await;
        let BankModuleClient { depot, stream, .. } = &self.bank;
        let stored = rama_test::records(&depot.transfers).await?;
        let failing = stored.iter().filter(|transfer| transfer.amount < 0);
        let failing: BTreeSet<u64> = failing.map(|transfer| transfer.id).collect();
        let letters = stream.bank.dead_letters(None, 10_000).await.expect("they can be read");
        let given_up = letters.iter().map(|letter| letter.record::<Transfer>());
        let given_up = given_up.map(|transfer| transfer.expect("it is a transfer").id);
        assert_eq!(given_up.collect::<BTreeSet<_>>(), failing, "dead letters");
        assert_eq!(letters.len(), failing.len(), "one for each");
        Ok(())
    }

    /// What one event writes to two PStates stays together, and nothing that was seen is gone.
    async fn check_entries(&self) -> Result<()> {
        let pstate = &self.bank.pstate;
        let balances = pstate.balances.all_partitions().select(path![ALL]).await?;
        let balances: BTreeMap<_, _> = balances.into_iter().collect();
        let mut sums = BTreeMap::new();
        for account in (0..ACCOUNTS).chain(balances.keys().copied().filter(|key| *key >= ACCOUNTS))
        {
            let entries = pstate.entries.select(path![keypath(account), MAP_VALS]).await?;
            let before = self
                .seen
                .lock()
                .expect("nobody panicked with it")
                .get(&account)
                .copied()
                .unwrap_or_default();
            assert!(before <= entries.len(), "account {account} had {before} entries before");
            if !entries.is_empty() {
                sums.insert(account, entries.iter().sum::<i64>());
            }
        }
        assert_eq!(balances, sums);
        Ok(())
    }
}
