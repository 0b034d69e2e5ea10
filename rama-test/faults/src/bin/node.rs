//! A node whose only module never gets through with what its depot has: each record keeps its thread for ever. A depot
//! without records stops like any other.

use std::{
    io::{self, Write},
    process::ExitCode,
    thread,
};

use rama_core::prelude::*;

defmodule! {
    EndlessModule {
        depot *numbers: u64, global;

        stream endless {
            pstate $$seen: Map<u64, u64>;

            sources! {
                source(*numbers, start_from: beginning) :> number;
                let never = keep_the_thread(number);
                |hash(never);
                local_transform([keypath(never), termval(number)], $$seen);
            }
        }
    }
}

/// Says that it has begun, and returns never.
fn keep_the_thread(number: u64) -> u64 {
    let _told: io::Result<()> =
        io::stdout().lock().write_all(format!("begun {number}\n").as_bytes());
    loop {
        thread::park();
    }
}

fn main() -> ExitCode {
    rama_core::node::main(modules![EndlessModule])
}
