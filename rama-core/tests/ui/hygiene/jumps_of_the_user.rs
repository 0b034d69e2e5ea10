//! Jumps that stay inside of the user's own code, and errors that are returned.
#![deny(warnings)]

use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$seen: Map<i64, bool>;
            sources! {
                source(*users) :> id;
                let mut first = 0;
                'search: for number in 0..id {
                    while first < number {
                        first += 1;
                        if first > 3 { break 'search; }
                        continue;
                    }
                }
                let small = |limit: i64| { if limit > 3 { return false; } true };
                let Some(next) = id.checked_add(first) else { return Err(std::fmt::Error.into()); };
                if small(next) {
                    explode(0..next) :> number;
                } else {
                    return Err(std::fmt::Error)?;
                }
                local_transform([keypath(number), termval(true)], $$seen);
            }
        }
    }
}

fn first_above(limit: i64) -> i64 {
    dataflow! {
        explode(0..10) :> number;
        if number > limit {
            return number;
        }
    }
    0
}

fn main() {
    assert_eq!(first_above(3), 4);
}
