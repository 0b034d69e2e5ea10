//! A variable that is bound with `mut` in one segment and changed in another.
#![deny(warnings)]

use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, Vec<i64>), random;
        stream users {
            sources! {
                source(*users) :> (id, mut list);
                fn small(n: i64) -> bool {
                    n < 3
                }
                println!("{}", small(id));
                let mut sum = 0;
                |hash(id);
                for one in list.drain(..) {
                    sum += one;
                }
                if sum > 3 { let mut late = 1; } else { let late = 2; }
                |all();
                ack_return(sum.pow(2) + late);
            }
        }
    }
}

fn main() {}
