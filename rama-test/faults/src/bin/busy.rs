//! A node that runs the bank, with clients in its own process that append all the time: what a node is asked to stop under.
//!
//! Its command line is that of any node. `BUSY_FIRST` is the number of the first transfer. Besides what a node says it says
//! what its clients try and what was acknowledged, in the lines of `driver::Line`.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use faults::{
    bank::{BankModule, Client, Transfer},
    setting,
};
use rama_core::{
    client::Link,
    module::{Module, ModuleBuilder},
    modules, node,
    prelude::*,
};

/// Clients at the same time.
const CLIENTS: u64 = 8;

/// The bank; whoever is linked to it appends.
struct Busy;

impl Module for Busy {
    type Client = Client;

    fn name(&self) -> &'static str {
        BankModule.name()
    }

    fn define(&self, module: &mut ModuleBuilder) {
        BankModule.define(module);
    }

    fn client(link: &Link) -> Client {
        let client = BankModule::client(link);
        let next = Arc::new(AtomicU64::new(setting("BUSY_FIRST", 0)));
        for _ in 0..CLIENTS {
            tokio::spawn(append(client.clone(), Arc::clone(&next)));
        }
        client
    }
}

/// Appends until the module takes nothing any more.
async fn append(client: Client, next: Arc<AtomicU64>) {
    // Handles are made before the module runs.
    while client.depot.transfers.partition_info(TaskId(0)).is_err() {
        tokio::task::yield_now().await;
    }
    loop {
        let id = next.fetch_add(1, Ordering::Relaxed);
        say(&format!("try {id}"));
        match client.depot.transfers.append(Transfer::of(id)).await {
            Ok(returned) => {
                let (task, offset) = returned.place().expect("an acknowledged record has a place");
                say(&format!("ack {id} {task} {offset}"));
            }
            Err(error) => return say(&format!("failed {id} {error}")),
        }
    }
}

/// One write per line: what was said is in the pipe when the process is killed behind it.
fn say(line: &str) {
    let _told: io::Result<()> = io::stdout().lock().write_all(format!("{line}\n").as_bytes());
}

fn main() -> ExitCode {
    node::main(modules![Busy])
}
