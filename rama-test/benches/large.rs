//! A structure larger than memory (PS-20): a subindexed map with very many entries under one key.
//!
//! `cargo bench -p rama-test --bench large -- 20000000` builds it, reads it and removes it, and prints what each
//! step read from the store and how much memory the process had at most. Run it under a limit, for example
//! `bash -c "ulimit -v 800000; cargo bench …"`. It fails when a read costs more than it may.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures and prints"
)]

use std::{env, error::Error, fs, time::Instant};

use rama_core::{path::RangeOptions, prelude::*, standalone::Standalone};

/// Entries when nothing is said: enough for several checkpoints, and a few seconds.
const ENTRIES: u64 = 300_000;

/// Entries of a page.
const PAGE: usize = 100;

type Large = Map<String, Subindexed<Map<i64, u64>>>;

fn main() -> Result<(), Box<dyn Error>> {
    let entries = env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(ENTRIES);
    let directory = tempfile::tempdir()?;
    let mut rows = Standalone::<Large>::in_directory(directory.path())?;
    let begun = Instant::now();
    for number in 0..entries {
        // All over the range of keys, negative ones too, and never in order.
        let key = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).cast_signed();
        rows.transform(path![keypath("one"), keypath(key), termval(number)])?;
    }
    rows.flush()?;
    report(&format!("{entries} entries written"), begun);
    check_reads(&mut rows, entries)?;
    let begun = Instant::now();
    rows.transform(path![keypath("one"), NONE])?;
    rows.flush()?;
    report("removed", begun);
    assert_eq!(rows.select_one(path![keypath("one"), SIZE])?, 0);
    assert!(!rows.selected_any(path![keypath("one"), MAP_VALS])?);
    Ok(())
}

fn check_reads(rows: &mut Standalone<Large>, entries: u64) -> Result<(), Box<dyn Error>> {
    rows.counts();
    let begun = Instant::now();
    assert_eq!(rows.select_one(path![keypath("one"), SIZE])?, entries);
    let counts = rows.counts();
    assert!(counts.reads <= 1 && counts.seeks == 0, "the size is known: {counts:?}");
    report(&format!("size: {counts:?}"), begun);

    let begun = Instant::now();
    let page: Vec<(i64, u64)> = rows.select(path![
        keypath("one"),
        sorted_map_range_from(0, RangeOptions::new().max_amt(PAGE)),
        ALL
    ])?;
    let counts = rows.counts();
    assert_eq!((page.len(), counts.seeks), (PAGE, 1), "one seek");
    assert!(counts.steps <= PAGE as u64 + 1, "a step for each entry: {counts:?}");
    assert!(page.is_sorted() && page[0].0 >= 0, "in the order of the keys");
    report(&format!("a page of {PAGE} in the middle: {counts:?}"), begun);

    let begun = Instant::now();
    let last: Vec<(i64, u64)> =
        rows.select(path![keypath("one"), sorted_map_range_to_end(PAGE), ALL])?;
    let counts = rows.counts();
    assert!(last.len() == PAGE && last.is_sorted() && last[0].0 > page[PAGE - 1].0);
    assert!(counts.seeks == 1 && counts.steps <= PAGE as u64 + 1, "{counts:?}");
    report(&format!("the last {PAGE}: {counts:?}"), begun);

    let begun = Instant::now();
    let (mut cursor, mut seen) = (None, 0);
    loop {
        let page = rows.select_page(path![keypath("one"), MAP_VALS], cursor, 10_000)?;
        seen += page.values.len() as u64;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, entries);
    report("everything, page by page", begun);
    Ok(())
}

fn report(what: &str, begun: Instant) {
    let took = begun.elapsed().as_secs_f64();
    println!("{what}: {took:.3} s; memory at most {} MiB", peak_memory() / 1024);
}

/// The most memory the process had so far, in KiB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
