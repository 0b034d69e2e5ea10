//! A client: appends one behind the other, notes what it was told, and looks at what it did.

use rama_core::{depot::AckReturns, error::AppendError, flow::RandomSource, prelude::*};

use crate::{
    bank::{ACCOUNTS, BankModuleClient, Transfer},
    ledger::Ledger,
};

/// Clients that send with a key have numbers from here on: what they repeat stands behind what came later.
const KEYED: u64 = 1_000;

pub(crate) struct Client {
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

    /// Sends again, under its key, what nobody knows the outcome of (A3).
    pub(crate) async fn repeat(&mut self) {
        for transfer in self.ledger.unanswered() {
            let transfers = &self.bank.depot.transfers;
            let key = transfer.id.to_string();
            let answer = transfers.append_once(key, transfer).await;
            self.note(transfer, AckLevel::Ack, answer).await;
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
        let Transfer { id, client, to, amount, .. } = transfer;
        match answer {
            Ok(answer) => {
                self.ledger.answered(&transfer, &answer);
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
    let amount = if random.below(12) == 0 { -1 } else { random.below(100).cast_signed() };
    Transfer { id, client, from, to, amount }
}
