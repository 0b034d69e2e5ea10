//! What a client of the bank knows, outside of the system: what it tried, what was acknowledged, and what was there at the
//! last look. A bank that does not hold what follows from it is wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::bank::{Holds, Transfer};

/// What is known.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    tried: BTreeSet<u64>,
    /// The number of the transfer at each task and offset that was acknowledged since the last look.
    acked: BTreeMap<(u32, u64), u64>,
    /// What was there at the last look.
    held: Vec<Vec<u64>>,
    balances: BTreeMap<u64, i64>,
    known: BTreeSet<u64>,
    /// Transfers that were acknowledged.
    pub acks: u64,
    /// Transfers without an acknowledgement that were there nevertheless.
    pub kept: u64,
}

impl Ledger {
    /// Nothing is known of a bank with so many tasks.
    #[must_use]
    pub fn new(tasks: u32) -> Self {
        Self { held: vec![Vec::new(); tasks as usize], ..Self::default() }
    }

    /// A transfer is about to be appended.
    pub fn tries(&mut self, id: u64) {
        self.tried.insert(id);
    }

    /// A transfer was acknowledged.
    ///
    /// # Panics
    /// When another one has that place.
    pub fn is_acked(&mut self, id: u64, task: u32, offset: u64) {
        self.acks += 1;
        let other = self.acked.insert((task, offset), id);
        assert_eq!(other, None, "one place is given to one transfer");
    }

    /// From which offset on each task has not been looked at.
    #[must_use]
    pub fn ends(&self) -> Vec<u64> {
        self.held.iter().map(|held| held.len() as u64).collect()
    }

    /// A look at a bank: the transfer that stands behind the last one of a task.
    ///
    /// # Panics
    /// When it is not what was tried, or was there before.
    pub fn finds(&mut self, task: u32, transfer: &Transfer) {
        let id = transfer.id;
        assert_eq!(*transfer, Transfer::of(id), "a transfer is what was appended");
        assert!(self.tried.contains(&id), "transfer {id} was never tried");
        assert!(self.known.insert(id), "transfer {id} is there twice");
        let held = &mut self.held[task as usize];
        self.kept += u64::from(!self.acked.contains_key(&(task, held.len() as u64)));
        held.push(id);
        *self.balances.entry(transfer.from).or_default() -= transfer.cents;
        *self.balances.entry(transfer.to).or_default() += transfer.cents;
    }

    /// The end of a look.
    ///
    /// # Panics
    /// When something acknowledged is not where it was, or the accounts are not what follows from the transfers.
    pub fn check(&mut self, balances: &BTreeMap<u64, i64>) {
        for ((task, offset), id) in std::mem::take(&mut self.acked) {
            let held = usize::try_from(offset).ok().and_then(|at| self.held[task as usize].get(at));
            assert_eq!(held, Some(&id), "acknowledged at {offset} of task {task}");
        }
        assert_eq!(*balances, self.balances);
    }

    /// A look at everything at once.
    ///
    /// # Panics
    /// When the bank does not hold what it should.
    pub fn check_all(&mut self, holds: &Holds) {
        for (task, transfers) in (0..).zip(&holds.transfers) {
            let before = self.held[task as usize].len();
            assert_eq!(self.held[task as usize], transfers[..before.min(transfers.len())]);
            for id in &transfers[before..] {
                self.finds(task, &Transfer::of(*id));
            }
        }
        self.check(&holds.balances);
        assert_eq!(*holds, Holds::of(self.held.clone()), "the state follows from the depot");
    }
}
