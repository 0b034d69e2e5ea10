//! A small module whose state follows from its records: for tests of what is stored.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use rama_core::prelude::*;

defmodule! {
    /// Adds numbers, with a hop.
    pub(crate) SumModule {
        depot *numbers: u64, random;

        stream sums {
            pstate $$sums: Map<u64, u64>;

            sources! {
                source(*numbers) :> number;
                |hash(number % 4);
                local_transform([keypath(number % 4), nil_to_val(0), term(|sum| sum + number)], $$sums);
            }
        }
    }
}

pub(crate) type Client = <SumModule as Module>::Client;

/// The numbers that are stored, in ascending order; the state is what follows from them.
pub(crate) async fn stored(module: &Client) -> Vec<u64> {
    let mut stored = rama_test::records(&module.depot.numbers).await.unwrap();
    for key in 0..4 {
        let sum: u64 = stored.iter().filter(|number| *number % 4 == key).sum();
        let found = module.pstate.sums.select_one(path![keypath(key)]).await.unwrap();
        assert_eq!(found.unwrap_or(0), sum, "of {key}");
    }
    stored.sort_unstable();
    stored
}
