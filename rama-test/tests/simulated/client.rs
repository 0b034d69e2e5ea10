//! A client: appends one behind the other, notes what it was told, and looks at what it did.

use rama_core::{
    depot::AckReturns, error::AppendError, flow::RandomSource, id::TaskId, partition::KeyHash,
    prelude::*,
};
use rama_test::World;

use crate::{
    bank::{ACCOUNTS, BankModuleClient, NOTES_REMEMBERED, REFUSED, Transfer},
    ledger::Ledger,
};

/// Clients that send with a key have numbers from here on: what they repeat stands behind what came later.
const KEYED: u64 = 1_000;

/// The number of the client that looks whether a module still works.
const PROBE: u64 = 900;

pub(crate) struct Client {
    pub(crate) world: World,
    pub(crate) number: u64,
    pub(crate) bank: BankModuleClient,
    pub(crate) ledger: Ledger,
    pub(crate) random: RandomSource,
}

impl Client {
    /// Appends until it has enough, or the module takes no more.
    pub(crate) async fn work(mut self) {
        for _ in 0..self.random.below(20) {
            let answered = match self.random.below(3) {
                0 => self.append_keyed().await,
                _ => self.append().await,
            };
            if !answered {
                return;
            }
        }
    }

    /// Sends again, under its key, what nobody knows the outcome of (A3). The module answers.
    pub(crate) async fn repeat(&mut self) {
        for transfer in self.ledger.unanswered() {
            let transfers = &self.bank.depot.transfers;
            let key = transfer.id.to_string();
            let answer = transfers.append_once(key, transfer).await;
            let said = format!("{answer:?}");
            let is_answered = self.note(transfer, AckLevel::Ack, answer).await;
            assert!(is_answered, "{transfer:?} cannot be repeated: {said}");
        }
    }

    /// Appends to every task of a module on which nothing is wrong (oracle 7).
    pub(crate) async fn probe(&mut self) -> Result<()> {
        let transfers = self.bank.depot.transfers.clone();
        let tasks = transfers.info()?.partitions;
        for task in (0..tasks).map(TaskId) {
            let mut accounts = ACCOUNTS..;
            let is_there = |account: &u64| KeyHash::of(account).task(tasks) == task;
            let from = accounts.find(is_there).expect("some account is on every task");
            let to = from + 1 + self.random.below(ACCOUNTS);
            let make = |id| Transfer { id, client: PROBE, from, to, amount: 1 };
            let transfer = self.ledger.attempt(make);
            let answer = transfers.append(transfer).await;
            let said = format!("{answer:?}");
            let is_answered = self.note(transfer, AckLevel::Ack, answer).await;
            assert!(is_answered, "{task} takes nothing, though nothing is wrong: {said}");
        }
        Ok(())
    }

    /// Repeats the earliest of the notes whose keys are remembered; perhaps in another life of the module.
    pub(crate) async fn probe_keys(&mut self, may_crash: bool) -> Result<()> {
        let notes = self.bank.depot.notes.clone();
        let run = self.random.next_u64();
        let key = |number: usize| format!("{run} {number}");
        let first = notes.append_once(key(0), "first".to_owned()).await?;
        for number in 1..NOTES_REMEMBERED {
            notes.append_once(key(number), "later".to_owned()).await?;
        }
        if may_crash && self.random.below(4) == 0 {
            self.world.crash_and_restart().await?;
        }
        let again = notes.append_once(key(0), "first".to_owned()).await?;
        assert_eq!(again.place(), first.place(), "a key that is remembered");
        Ok(())
    }

    /// Appends more than a queue takes, and waits for none of it.
    pub(crate) async fn flood(&mut self) -> Result<()> {
        let notes = self.bank.depot.notes.clone();
        for _ in 0..12 {
            notes.append_with("x".repeat(1 << 20), AckLevel::None).await?;
            self.check_levels().await;
        }
        Ok(())
    }

    /// Nothing that has a bound is above it (oracle 8).
    async fn check_levels(&self) {
        for level in self.world.levels("BankModule").await {
            assert!(level.is <= level.max, "{level:?}");
        }
    }

    async fn append(&mut self) -> bool {
        let number = self.number;
        let transfer = self.ledger.attempt(|id| any_transfer(id, number, &mut self.random));
        let level = self.any_level();
        let answer = self.bank.depot.transfers.append_with(transfer, level).await;
        self.note(transfer, level, answer).await
    }

    /// Appends under a key, perhaps twice.
    async fn append_keyed(&mut self) -> bool {
        let transfer = self.ledger.attempt(|id| any_transfer(id, KEYED + id, &mut self.random));
        let level = self.any_level();
        let transfers = &self.bank.depot.transfers;
        let key = transfer.id.to_string();
        if self.random.below(2) == 0 {
            let sent = transfers.append_once_with(&key, transfer, AckLevel::None).await;
            drop(sent);
        }
        self.ledger.unsure(transfer);
        let answer = transfers.append_once_with(&key, transfer, level).await;
        self.note(transfer, level, answer).await
    }

    /// Compares an answer with what it means; tells whether there was one.
    async fn note(
        &mut self,
        transfer: Transfer,
        level: AckLevel,
        answer: Result<AckReturns, AppendError>,
    ) -> bool {
        self.check_levels().await;
        let Transfer { id, client, to, amount, .. } = transfer;
        match answer {
            Ok(answer) => {
                self.ledger.answered(&transfer, &answer, self.world.now());
                // A module that was restarted knows of a repeated one where it is, not that it failed.
                if level == AckLevel::Ack && amount < 0 {
                    assert!(client >= KEYED, "transfer {id} fails");
                } else if level == AckLevel::Ack {
                    let entry = self.bank.pstate.entries.select_one(path![keypath(to, id)]).await;
                    assert!(matches!(entry, Err(_) | Ok(Some(_))), "acknowledged is visible");
                }
                true
            }
            Err(AppendError::Failed { .. }) => {
                assert!(amount < 0, "transfer {id} works");
                self.ledger.failed(&transfer);
                true
            }
            Err(_) => false,
        }
    }

    fn any_level(&mut self) -> AckLevel {
        match self.random.below(4) {
            0 => AckLevel::None,
            1 => AckLevel::AppendAck,
            _ => AckLevel::Ack,
        }
    }
}

fn any_transfer(id: u64, client: u64, random: &mut RandomSource) -> Transfer {
    let from = random.below(ACCOUNTS);
    let to = (from + 1 + random.below(ACCOUNTS - 1)) % ACCOUNTS;
    let amount = match random.below(24) {
        0 => REFUSED[0],
        1 => REFUSED[1],
        _ => random.below(100).cast_signed(),
    };
    Transfer { id, client, from, to, amount }
}
