//! More variables than Rust's tuples have traits for.
#![deny(warnings)]

use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            sources! {
                source(*users) :> a;
                let (b, c, d, e, f, g) = (1_i64, 2_i64, 3_i64, 4_i64, 5_i64, 6_i64);
                let (h, i, j, k, l, m) = (1_i64, 2_i64, 3_i64, 4_i64, 5_i64, 6_i64);
                |hash(a);
                ack_return(a + b + c + d + e + f + g + h + i + j + k + l + m);
            }
        }
    }
}

fn main() {}
