//! Large records that a topology reads behind others: they are read, run and committed a few at a time, so that what is in memory
//! at once has a bound.

mod common;
mod failing_disk;
mod outside;

use std::sync::atomic::{AtomicU64, Ordering};

use common::launch_on;
use outside::until;
use rama_core::prelude::*;

/// Pages of a book.
const PAGES: u64 = 48;

/// What a page takes in its depot.
const PAGE_BYTES: usize = 1024 * 1024;

/// Pages that may be in one group: what is read at once, and as much again until the group is full.
const PAGES_AT_ONCE: u64 = 16;

/// How often pages were run.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// The last page fails, so that all of its group are run again.
fn read(number: u64) -> Result<(), EventError> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    if number == PAGES - 1 { Err(EventError::new("it is torn")) } else { Ok(()) }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Page {
    number: u64,
    text: String,
}

impl Page {
    fn new(number: u64) -> Self {
        Self { number, text: "x".repeat(PAGE_BYTES) }
    }
}

defmodule! {
    /// Prints books, and copies their pages.
    Press {
        depot *books: u64, global;
        depot *pages: Page, disallow;
        depot *copies: Page, disallow;

        stream prints {
            sources! {
                source(*books) :> pages;
                loop (number = 0) {
                    if number < pages {
                        emit(number);
                        continue_with(number + 1);
                    }
                } :> number;
                depot_append(*pages, Page::new(number));
            }
        }

        stream copies {
            pstate $$copied: u64;

            sources! {
                source(*pages, retry: none) :> page;
                read(page.number)?;
                local_transform([nil_to_val(0), term(|count| count + 1)], $$copied);
                depot_append(*copies, page);
            }
        }
    }
}

#[tokio::test]
async fn large_records_are_run_in_groups_of_a_few() {
    let (_ipc, press) = launch_on(Press, 1, 1).await;
    press.depot.books.append(PAGES).await.unwrap();
    let copied = async || press.pstate.copied.select_one(path![nil_to_val(0)]).await.unwrap();
    until("all are copied but the torn one", async || copied().await == PAGES - 1).await;
    let again = RUNS.load(Ordering::Relaxed) - PAGES;
    assert!(again < PAGES_AT_ONCE, "{again} pages were in one group with the torn one");
}
