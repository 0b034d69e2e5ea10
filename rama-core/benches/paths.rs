//! What a path costs: against hand-written code on the same container, in instructions, and against raw redb for
//! stored rows, in time.
//!
//! `cargo bench -p rama-core --bench paths` prints a table. Instructions are counted by valgrind's callgrind, one run
//! of this program for each number; without valgrind that part is left out. Times are ratios within one run: the
//! machine may be busy with something else.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark measures and prints, and one whose preparation fails has failed"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use rama_core::path::{select, select_one, transform};
use rama_core::prelude::*;
use rama_core::standalone::Standalone;
use redb::{Database, ReadableDatabase, TableDefinition};

type Nested = BTreeMap<u64, BTreeMap<u64, u64>>;

/// Rounds of each case; the work of one is a few hundred instructions, or some thousands.
const ROUNDS: u64 = 200;

/// A way to do something, by path and by hand; both give a number that must agree.
struct Case {
    name: &'static str,
    path: fn(&mut Nested, u64) -> u64,
    hand: fn(&mut Nested, u64) -> u64,
}

const CASES: [Case; 5] = [
    Case { name: "nested get", path: get_by_path, hand: get_by_hand },
    Case { name: "nested update", path: update_by_path, hand: update_by_hand },
    Case { name: "bulk update", path: bulk_by_path, hand: bulk_by_hand },
    Case { name: "filter", path: filter_by_path, hand: filter_by_hand },
    Case { name: "range page", path: page_by_path, hand: page_by_hand },
];

#[inline(never)]
fn get_by_path(data: &mut Nested, key: u64) -> u64 {
    select_one(data, path![keypath(key % 64), keypath(key % 32), nil_to_val(0)]).unwrap()
}

#[inline(never)]
fn get_by_hand(data: &mut Nested, key: u64) -> u64 {
    data.get(&(key % 64)).and_then(|inner| inner.get(&(key % 32))).copied().unwrap_or(0)
}

#[inline(never)]
fn update_by_path(data: &mut Nested, key: u64) -> u64 {
    transform(data, path![must(key % 64), must(key % 32), term(|n| n + 1)]).unwrap();
    key
}

#[inline(never)]
fn update_by_hand(data: &mut Nested, key: u64) -> u64 {
    if let Some(number) = data.get_mut(&(key % 64)).and_then(|inner| inner.get_mut(&(key % 32))) {
        *number += 1;
    }
    key
}

#[inline(never)]
fn bulk_by_path(data: &mut Nested, key: u64) -> u64 {
    transform(data, path![must(key % 64), MAP_VALS, update(|n| *n += 1)]).unwrap();
    key
}

#[inline(never)]
fn bulk_by_hand(data: &mut Nested, key: u64) -> u64 {
    if let Some(inner) = data.get_mut(&(key % 64)) {
        inner.values_mut().for_each(|number| *number += 1);
    }
    key
}

#[inline(never)]
fn filter_by_path(data: &mut Nested, key: u64) -> u64 {
    select(data, path![must(key % 64), MAP_VALS, |n| *n % 3 == 0]).unwrap().len() as u64
}

#[inline(never)]
fn filter_by_hand(data: &mut Nested, key: u64) -> u64 {
    let mut found = Vec::new();
    if let Some(inner) = data.get(&(key % 64)) {
        for number in inner.values() {
            if *number % 3 == 0 {
                found.push(*number);
            }
        }
    }
    found.len() as u64
}

#[inline(never)]
fn page_by_path(data: &mut Nested, key: u64) -> u64 {
    let page = select(data, path![must(key % 64), sorted_map_range_from(key % 8, 10), MAP_VALS]);
    page.unwrap().iter().sum()
}

#[inline(never)]
fn page_by_hand(data: &mut Nested, key: u64) -> u64 {
    let mut page = Vec::new();
    if let Some(inner) = data.get(&(key % 64)) {
        for (_, number) in inner.range(key % 8..).take(10) {
            page.push(*number);
        }
    }
    page.iter().sum()
}

/// What callgrind collects.
#[inline(never)]
fn collected(run: fn(&mut Nested, u64) -> u64, data: &mut Nested) -> u64 {
    (0..ROUNDS).map(|round| run(black_box(data), black_box(round * 7))).fold(0, u64::wrapping_add)
}

fn nested() -> Nested {
    (0..64).map(|outer| (outer, (0..32).map(|inner| (inner, inner * outer)).collect())).collect()
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, flag, case, way] = args.as_slice()
        && flag == "--count"
    {
        let case = CASES.iter().find(|one| one.name == case).unwrap();
        let run = if way == "path" { case.path } else { case.hand };
        println!("{}", collected(run, &mut nested()));
        return;
    }
    instructions();
    stored();
}

fn instructions() {
    println!("{:<28} {:>9} {:>9} {:>7}", "instructions per operation", "path", "by hand", "ratio");
    for case in &CASES {
        let (by_path, by_hand) = (&mut nested(), &mut nested());
        for round in 0..ROUNDS {
            assert_eq!((case.path)(by_path, round), (case.hand)(by_hand, round), "{}", case.name);
        }
        assert_eq!(by_path, by_hand, "{}", case.name);
        let (Some(path), Some(hand)) = (count(case.name, "path"), count(case.name, "hand")) else {
            println!("valgrind is not there: no instructions are counted");
            return;
        };
        let ratio = path as f64 / hand as f64;
        let per = |all: u64| all as f64 / ROUNDS as f64;
        println!("{:<28} {:>9.1} {:>9.1} {ratio:>7.3}", case.name, per(path), per(hand));
    }
}

/// Instructions of a run of this program, inside [`collected`] only.
fn count(case: &str, way: &str) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--collect-atstart=no", "--toggle-collect=*collected*"])
        .arg(std::env::current_exe().ok()?)
        .args(["--count", case, way])
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find_map(|line| line.split("Collected :").nth(1))?;
    line.trim().parse().ok()
}

const TABLE: TableDefinition<'_, u64, u64> = TableDefinition::new("rows");

/// Rows of the stored cases.
const ROWS: u64 = 50_000;

fn stored() {
    let directory = tempfile::tempdir().unwrap();
    let mut rows =
        Standalone::<Map<u8, Subindexed<Map<u64, u64>>>>::in_directory(directory.path()).unwrap();
    let raw = Database::create(directory.path().join("raw.redb")).unwrap();
    let written = raw.begin_write().unwrap();
    let mut table = written.open_table(TABLE).unwrap();
    for key in 0..ROWS {
        table.insert(key, key).unwrap();
        rows.transform(path![keypath(0), keypath(key), termval(key)]).unwrap();
    }
    drop(table);
    written.commit().unwrap();
    rows.flush().unwrap();
    let read = raw.begin_read().unwrap();
    let table = read.open_table(TABLE).unwrap();
    let mut key = 0;
    let mut next = move || {
        key = (key + 7_919) % ROWS;
        key
    };
    println!(
        "\n{:<28} {:>9} {:>9} {:>7}",
        "microseconds, stored rows", "path", "raw redb", "ratio"
    );
    compare(
        "get, not in the cache",
        20_000,
        |_| {
            let key = next();
            // A path of one's own rows decodes and checks a checksum; raw redb does neither.
            rows.select_one(path![keypath(0), keypath(key)]).unwrap().unwrap()
        },
        |round| table.get((round * 7_919) % ROWS).unwrap().unwrap().value(),
    );
    compare(
        "a page of 100",
        500,
        |round| {
            let from = (round * 311) % (ROWS - 100);
            let page = rows.select(path![keypath(0), sorted_map_range_from(from, 100), MAP_VALS]);
            page.unwrap().iter().sum()
        },
        |round| {
            let from = (round * 311) % (ROWS - 100);
            table.range(from..).unwrap().take(100).map(|row| row.unwrap().1.value()).sum()
        },
    );
}

fn compare(
    name: &str,
    rounds: u64,
    mut path: impl FnMut(u64) -> u64,
    mut raw: impl FnMut(u64) -> u64,
) {
    let time = |run: &mut dyn FnMut(u64) -> u64| {
        let begun = Instant::now();
        for round in 0..rounds {
            black_box(run(black_box(round)));
        }
        begun.elapsed().as_secs_f64() * 1e6 / rounds as f64
    };
    let (path, raw) = (time(&mut path), time(&mut raw));
    println!("{name:<28} {path:>9.2} {raw:>9.2} {:>7.2}", path / raw);
}
