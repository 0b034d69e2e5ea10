//! A module in a simulated world whose records do what a test says, run by run. Each seed has a thread of its own, so the
//! script is kept by thread.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{cell::RefCell, collections::BTreeMap, future::Future, time::Duration};

use rama_core::{client::DeadLetter, prelude::*};
use rama_test::World;
use tokio::sync::oneshot;

/// How often a record is tried.
pub(crate) const ATTEMPTS: u32 = 2;

/// How long one attempt may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(5);

/// Longer than any rest, and not long enough for anything to be overdue.
pub(crate) const WHILE: Duration = Duration::from_millis(500);

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

#[derive(Default)]
struct Script {
    /// The records that were begun, in their order.
    begun: Vec<u64>,
    /// In how many of its runs a record fails, from the first one on.
    fails: BTreeMap<u64, u32>,
    /// The runs in which a record waits for the test, with whoever waits.
    waits: BTreeMap<(u64, u32), Option<oneshot::Sender<()>>>,
    /// What else is done within a run.
    meanwhile: BTreeMap<(u64, u32), Box<dyn FnOnce()>>,
}

impl Script {
    fn runs(&self, id: u64) -> u32 {
        u32::try_from(self.begun.iter().filter(|one| **one == id).count()).unwrap()
    }
}

fn script<T>(change: impl FnOnce(&mut Script) -> T) -> T {
    SCRIPT.with_borrow_mut(change)
}

/// The record fails in so many of its runs.
pub(crate) fn fails(id: u64, runs: u32) {
    script(|script| script.fails.insert(id, runs));
}

/// The record waits in this run, from 1, for as long as the test wants.
pub(crate) fn waits(id: u64, run: u32) {
    script(|script| script.waits.insert((id, run), None));
}

/// In this run of the record something else is done, before anything comes of it.
pub(crate) fn meanwhile(id: u64, run: u32, what: impl FnOnce() + 'static) {
    script(|script| script.meanwhile.insert((id, run), Box::new(what)));
}

/// What the record waits for in this run will never come, so it fails.
pub(crate) fn disappoint(id: u64, run: u32) {
    let waits = script(|script| script.waits.remove(&(id, run)));
    drop(waits.flatten().expect("it waits"));
}

/// The records that were begun, in their order.
pub(crate) fn begun() -> Vec<u64> {
    script(|script| script.begun.clone())
}

pub(crate) fn runs(id: u64) -> u32 {
    script(|script| script.runs(id))
}

/// A run begins. Tells whether it waits.
fn begins(id: u64) -> bool {
    let (waits, what) = script(|script| {
        script.begun.push(id);
        let run = (id, script.runs(id));
        (script.waits.contains_key(&run), script.meanwhile.remove(&run))
    });
    // It may ask the script.
    what.into_iter().for_each(|what| what());
    waits
}

fn answer(id: u64) -> impl Future<Output = u64> + Send {
    let (sender, answered) = oneshot::channel();
    script(|script| script.waits.insert((id, script.runs(id)), Some(sender)));
    async move { answered.await.map(|()| id).expect("nobody answers") }
}

fn ends(id: u64) -> Result<(), EventError> {
    let (run, fails) = script(|script| (script.runs(id), script.fails.get(&id).copied()));
    match fails {
        Some(fails) if run <= fails => Err(EventError::new(format!("run {run} fails"))),
        _ => Ok(()),
    }
}

defmodule! {
    pub(crate) Scripted {
        depot *records: u64, global;

        stream work {
            pstate $$done: Vec<u64>;

            sources! {
                source(*records, retry: all_after, attempts: ATTEMPTS, timeout: LIMIT) :> id;
                if begins(id) {
                    await_future(answer(id), timeout: Duration::from_secs(3_600)) :> given;
                } else {
                    let given = id;
                }
                ends(given)?;
                local_transform([nil_to_val(Vec::new()), update(|list| list.push(given))], $$done);
            }
        }
    }
}

impl ScriptedClient {
    /// Appends a record that nobody waits for, and does whatever comes of it at once.
    pub(crate) async fn append(&self, world: &World, id: u64) {
        self.depot.records.append_with(id, AckLevel::AppendAck).await.unwrap();
        world.run_until_idle().await;
    }

    pub(crate) async fn letters(&self) -> Vec<DeadLetter> {
        self.stream.work.dead_letters(None, 100).await.unwrap()
    }

    /// The records that have letters.
    pub(crate) async fn given_up(&self) -> Vec<u64> {
        self.letters().await.iter().map(|letter| letter.record().unwrap()).collect()
    }

    /// The records that took effect, in their order.
    pub(crate) async fn done(&self) -> Vec<u64> {
        let done = &self.pstate.done;
        done.all_partitions().select(path![nil_to_val(Vec::new())]).await.unwrap().concat()
    }
}
