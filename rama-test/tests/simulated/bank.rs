//! The module that random work is done on: money that moves between accounts on different tasks.

use std::collections::BTreeMap;

use rama_core::prelude::*;

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
        depot *transfers: Transfer, hash_by(from);

        stream bank {
            pstate $$balances: Map<u64, i64>;
            pstate $$entries: Map<u64, Subindexed<Map<u64, i64>>>;

            sources! {
                source(*transfers) :> Transfer { id, from, to, amount, .. };
                if amount < 0 {
                    return Err(EventError::new("a negative amount"));
                }
                local_transform([keypath(from), nil_to_val(0), term(|sum| sum - amount)], $$balances);
                local_transform([keypath(from, id), termval(-amount)], $$entries);
                |hash(to);
                local_transform([keypath(to), nil_to_val(0), term(|sum| sum + amount)], $$balances);
                local_transform([keypath(to, id), termval(amount)], $$entries);
            }
        }
    }
}

impl BankModule {
    /// What one transfer does to the balances.
    pub(crate) fn fold(balances: &mut BTreeMap<u64, i64>, transfer: Transfer) {
        let Transfer { from, to, amount, .. } = transfer;
        if amount >= 0 {
            *balances.entry(from).or_default() -= amount;
            *balances.entry(to).or_default() += amount;
        }
    }
}
