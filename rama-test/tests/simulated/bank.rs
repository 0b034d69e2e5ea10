//! The module that random work is done on: money that moves between accounts on different tasks.

use std::{collections::BTreeMap, future::poll_fn, task::Poll, time::Duration};

use rama_core::prelude::*;

/// Accounts that money moves between: few, so that they are hot.
pub(crate) const ACCOUNTS: u64 = 6;

/// An amount that fails before anything is written; one that fails when everything is, and changes a balance so much that
/// whoever sees it fails, too.
pub(crate) const REFUSED: [i64; 2] = [-1, -(1 << 40)];

/// Keys of notes that are remembered.
pub(crate) const NOTES_REMEMBERED: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transfer {
    pub(crate) id: u64,
    pub(crate) client: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) amount: i64,
}

defmodule! {
    /// Accounts.
    pub(crate) BankModule {
        // Keys outlive whatever is done to the clock.
        depot *transfers: Transfer, hash_by(from) { key_age: Duration::from_hours(24 * 365) }
        depot *log: u64, disallow;
        // All on one task, which remembers few keys.
        depot *notes: String, hash_by(|_| 0_u64) { keys: NOTES_REMEMBERED, key_age: Duration::from_hours(24 * 365) }

        stream bank {
            pstate $$balances: Map<u64, i64>;
            pstate $$entries: Map<u64, Subindexed<Map<u64, i64>>>;

            sources! {
                source(*transfers) :> Transfer { id, from, to, amount, .. };
                if amount == REFUSED[0] {
                    return Err(EventError::new("a negative amount"));
                }
                local_transform([keypath(from), nil_to_val(0), term(|sum| sum - amount)], $$balances);
                local_transform([keypath(from, id), termval(-amount)], $$entries);
                local_select([keypath(from), nil_to_val(0)], $$balances) :> left;
                is_clean(amount, left)?;
                |hash(to);
                local_transform([keypath(to), nil_to_val(0), term(|sum| sum + amount)], $$balances);
                local_transform([keypath(to, id), termval(amount)], $$entries);
                local_select([keypath(to), nil_to_val(0)], $$balances) :> now;
                is_clean(amount, now)?;
                if amount < 0 {
                    return Err(EventError::new("a negative amount, too late"));
                }
            }
        }

        // What waits outside of the tasks, and has done nothing before, counts once too.
        stream notices {
            pstate $$notices: Map<u64, u64>;

            sources! {
                source(*transfers) :> Transfer { id, to, .. };
                if id % 3 == 0 {
                    await_future(a_moment(id % 5)) :> ();
                }
                |hash(to);
                local_transform([keypath(to), nil_to_val(0), term(|n| n + 1)], $$notices);
            }
        }

        // So does what a topology appends, and what others make of it.
        stream audit {
            sources! {
                source(*transfers) :> Transfer { id, to, .. };
                |hash(to);
                depot_append(*log, id);
            }
        }

        stream reading {
            pstate $$logged: Map<u64, u64>;

            sources! {
                source(*log) :> id;
                |hash(id);
                local_transform([keypath(id), nil_to_val(0), term(|n| n + 1)], $$logged);
            }
        }
    }
}

/// A transfer that is in order sees nothing of one that fails.
fn is_clean(amount: i64, balance: i64) -> Result<(), EventError> {
    let is_clean = amount < 0 || balance.abs() < REFUSED[1].abs() / 2;
    is_clean.then_some(()).ok_or_else(|| EventError::new(format!("a balance of {balance}")))
}

/// Ends after so many turns of others.
async fn a_moment(turns: u64) {
    for turn in 0..=turns {
        let mut waited = turn == turns;
        poll_fn(|cx| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl BankModule {
    /// What one transfer does to the notices.
    pub(crate) fn notice(notices: &mut BTreeMap<u64, u64>, transfer: Transfer) {
        *notices.entry(transfer.to).or_default() += 1;
    }

    /// What one transfer leads to in the log.
    pub(crate) fn log(logged: &mut BTreeMap<u64, u64>, transfer: Transfer) {
        *logged.entry(transfer.id).or_default() += 1;
    }

    /// What one transfer does to the balances.
    pub(crate) fn fold(balances: &mut BTreeMap<u64, i64>, transfer: Transfer) {
        let Transfer { from, to, amount, .. } = transfer;
        if amount >= 0 {
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
    }
}
