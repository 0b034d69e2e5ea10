//! How long a module takes from the kill of its process to ready, with a gigabyte of data.
//!
//! Not a criterion benchmark: one start needs a gigabyte to be written first. `RECOVERY_BYTES` is how much; the modules
//! run in this process, which ends them as a kill does.
#![expect(clippy::unwrap_used, reason = "a benchmark whose preparation fails has failed")]
#![expect(clippy::print_stdout, reason = "it tells what it measures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark measures time")]

use std::time::Instant;

use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};

/// Bytes of state when nothing is said.
const BYTES: u64 = 1_000_000_000;

/// Bytes of a row.
const ROW_BYTES: usize = 1_000;

/// Records appended at once.
const MANY: u64 = 5_000;

defmodule! {
    /// Keeps the last text of each key.
    TextModule {
        depot *texts: (u64, String), hash_by(|text: &(u64, String)| text.0);

        stream last {
            pstate $$last: Map<u64, String>;

            sources! {
                source(*texts) :> (key, text);
                local_transform([keypath(key), termval(text)], $$last);
            }
        }
    }
}

fn main() {
    let bytes = std::env::var("RECOVERY_BYTES").map_or(BYTES, |bytes| bytes.parse().unwrap());
    // A record is stored in its depot and in a row.
    let records = bytes / (2 * ROW_BYTES as u64);
    let directory = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::on_disk(directory.path());
        let module = cluster.launch(TextModule, LaunchConfig::new()).await.unwrap();
        let text = "x".repeat(ROW_BYTES);
        let begun = Instant::now();
        for first in (0..records).step_by(usize::try_from(MANY).unwrap()) {
            // Keys come in no order, as they do in life.
            let key = |number: u64| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) % records;
            let texts = (first..first + MANY).map(|number| (key(number), text.clone()));
            module.depot.texts.append_all(texts, AckLevel::Ack).await.unwrap();
        }
        println!("{records} records were written in {:?}", begun.elapsed());
        for round in 0..5 {
            cluster.kill().await;
            let size: u64 = std::fs::read_dir(directory.path().join("TextModule"))
                .unwrap()
                .map(|entry| entry.unwrap().metadata().unwrap().len())
                .sum();
            let begun = Instant::now();
            cluster.restart().await.unwrap();
            let ready = begun.elapsed();
            let begun = Instant::now();
            module.depot.texts.append((round, text.clone())).await.unwrap();
            println!(
                "{} MB: ready after {ready:?}, first append {:?}",
                size / 1_000_000,
                begun.elapsed()
            );
            let texts = (0..MANY).map(|key| (key, text.clone()));
            module.depot.texts.append_all(texts, AckLevel::Ack).await.unwrap();
        }
    });
}
