//! Random work under random faults.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use rama_core::{cluster::Status, flow::RandomSource, prelude::*};
use rama_test::{Joined, Simulation, World, assert_exactly_once};

use crate::{
    bank::{ACCOUNTS, BankModule, BankModuleClient, Transfer},
    client::Client,
    ledger::Ledger,
};

/// What a reader saw last, by account: how many entries it has. Visible is durable, so it never goes back, whatever
/// happens (oracle 4).
type Seen = Arc<Mutex<BTreeMap<u64, usize>>>;

/// What goes wrong in a round.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    None,
    PowerLoss,
    Death,
    FailingOperation,
    FullDisk,
}

struct Life {
    world: World,
    bank: BankModuleClient,
    ledger: Ledger,
    seen: Seen,
    random: RandomSource,
}

#[test]
fn nothing_is_lost_and_nothing_counted_twice() {
    Simulation::new().seeds(2_000).run(random_work);
}

pub(crate) async fn random_work(world: World) -> Result<()> {
    let bank = world.launch(BankModule).await?;
    let (ledger, seen) = (Ledger::default(), Seen::default());
    let random = world.random("work");
    let mut life = Life { world, bank, ledger, seen, random };
    for _ in 0..=life.random.below(4) {
        life.round().await?;
    }
    life.check().await
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
        for one in running {
            one.join().await;
        }
        self.world.heal();
        let broken = matches!(self.world.status("BankModule").await, Some(Status::Broken(_)));
        match (trouble, self.random.below(4)) {
            _ if broken && self.random.below(2) == 0 => self.world.kill().await,
            (Trouble::PowerLoss, _) | (_, 0) => self.world.crash().await,
            (Trouble::FailingOperation | Trouble::Death, _) | (_, 1) => self.world.kill().await,
            // What it says when it cannot stop is of no interest here.
            (_, 2) => drop(self.world.shutdown().await),
            (Trouble::None | Trouble::FullDisk, _) => return self.check().await,
        }
        // It may end again while it recovers (A11).
        while self.random.below(3) == 0 {
            if self.random.below(2) == 0 {
                self.world.lose_power_within(20);
                let _ = self.world.restart().await;
                self.world.crash().await;
            } else {
                self.world.die_within(20);
                let _ = self.world.restart().await;
                self.world.kill().await;
            }
        }
        self.world.restart().await?;
        self.check().await?;
        if self.random.below(4) == 0 {
            // What was seen must not depend on memory that the power takes with it.
            self.world.crash_and_restart().await?;
            self.check().await?;
        }
        Ok(())
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

    fn client(&mut self, number: u64) -> Client {
        let random = RandomSource::seeded(self.random.next_u64());
        Client { number, bank: self.bank.clone(), ledger: self.ledger.clone(), random }
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

    /// Everything is as the records say, and what was unsure is done.
    async fn check(&mut self) -> Result<()> {
        self.client(0).repeat().await;
        // A module looks for room on a full disk now and then only.
        self.world.advance(Duration::from_secs(1)).await;
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
        self.check_entries().await
    }

    /// Whatever fails is a dead letter at last, and nothing else is (ST-14).
    async fn check_letters(&self) -> Result<()> {
        // Longer than all attempts together.
        self.world.advance(Duration::from_secs(5)).await;
        if self.world.status("BankModule").await != Some(Status::Running) {
            return Ok(());
        }
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
        let mut sums = BTreeMap::new();
        for account in 0..ACCOUNTS {
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
        let balances = pstate.balances.all_partitions().select(path![ALL]).await?;
        let balances: BTreeMap<_, _> = balances.into_iter().collect();
        assert_eq!(balances, sums);
        Ok(())
    }
}
