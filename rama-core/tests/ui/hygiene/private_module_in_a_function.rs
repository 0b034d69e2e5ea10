//! A module that nobody else sees, with a PState that no client reads.
#![deny(warnings)]

use rama_core::prelude::*;

fn main() {
    defmodule! {
        UsersModule {
            const LIMIT: i64 = 3;
            fn small(id: i64) -> bool {
                id < LIMIT
            }
            depot *users: i64, disallow;
            stream users {
                pstate $$seen: Map<i64, bool>;
                sources! {
                    source(*users) :> id;
                    filter(small(id));
                    local_transform([keypath(id), termval(true)], $$seen);
                }
            }
        }
    }
    let _ = UsersModule;
}
