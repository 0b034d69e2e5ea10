//! Orders about a dead letter that are done at the very cut at which a replay of it fails once more (ST-14).

use std::{
    cell::RefCell,
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use rama_core::{cluster::Status, error::LetterError, prelude::*};
use rama_test::{Simulation, World};

use crate::scripted::{ATTEMPTS, Scripted, ScriptedClient, WHILE, fails, meanwhile, runs, waits};

type Ordered = Pin<Box<dyn Future<Output = Result<(), LetterError>>>>;

/// The run in which a replay of the letter fails for the last time.
const LAST: u32 = 2 * ATTEMPTS;

/// A module with a letter of record 1, which is replayed in vain; in its last run an order is given. What came of the
/// replay, and the order.
async fn ordered_when_a_replay_fails(
    world: &World,
    client: &ScriptedClient,
    order: impl FnOnce() -> Ordered + 'static,
) -> (Result<(), LetterError>, Ordered) {
    let letter = client.letters().await.remove(0);
    let slot = Rc::new(RefCell::new(None));
    let ordered = Rc::clone(&slot);
    meanwhile(1, LAST, move || {
        let mut order = order();
        // The lane is inside of the gate, so the order waits for the cut behind this run.
        let polled = order.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending), "it cannot be done yet: {polled:?}");
        ordered.replace(Some(order));
    });
    let work = client.stream.work.clone();
    let replay = world.spawn(async move { work.replay(&letter).await });
    let replayed = replay.join().await;
    (replayed, slot.take().expect("the replay was run so often"))
}

async fn with_a_letter(world: &World, runs_that_fail: u32) -> Result<ScriptedClient> {
    let client = world.launch(Scripted).await?;
    fails(1, runs_that_fail);
    client.append(world, 1).await;
    world.advance(WHILE).await;
    assert_eq!((client.given_up().await, runs(1)), (vec![1], ATTEMPTS));
    Ok(client)
}

#[test]
fn a_letter_that_is_discarded_when_its_replay_fails_is_gone_for_ever() {
    Simulation::new().seeds(20).run(async |world: World| {
        let client = with_a_letter(&world, 1_000).await?;
        let (work, letter) = (client.stream.work.clone(), client.letters().await.remove(0));
        let discard = move || -> Ordered { Box::pin(async move { work.discard(&letter).await }) };
        let letter = client.letters().await.remove(0);
        let (replayed, discarded) = ordered_when_a_replay_fails(&world, &client, discard).await;
        assert!(matches!(replayed, Err(LetterError::FailedAgain { .. })), "{replayed:?}");
        discarded.await.unwrap();
        let given_up = client.given_up().await;
        assert!(given_up.is_empty(), "it was discarded, and is back: {given_up:?}");
        let again = client.stream.work.discard(&letter).await;
        assert!(matches!(again, Err(LetterError::NoSuchLetter { .. })), "{again:?}");
        for _ in 0..2 {
            world.crash_and_restart().await?;
            world.advance(WHILE).await;
            assert_eq!((client.given_up().await, runs(1)), (vec![], LAST), "on the disk neither");
        }
        assert!(client.done().await.is_empty(), "it was never done");
        assert_eq!(world.status("Scripted").await, Some(Status::Running));
        Ok(())
    });
}

#[test]
fn a_letter_that_is_replayed_when_its_replay_fails_is_run_by_the_next_start_too() {
    Simulation::new().seeds(20).run(async |world: World| {
        let client = with_a_letter(&world, LAST).await?;
        // The second replay waits, and its module ends.
        waits(1, LAST + 1);
        let (work, letter) = (client.stream.work.clone(), client.letters().await.remove(0));
        let replay = move || -> Ordered { Box::pin(async move { work.replay(&letter).await }) };
        let (first, second) = ordered_when_a_replay_fails(&world, &client, replay).await;
        assert!(matches!(first, Err(LetterError::FailedAgain { .. })), "{first:?}");
        world.run_until_idle().await;
        assert_eq!((runs(1), client.given_up().await), (LAST + 1, vec![1]), "it is replayed");
        world.crash().await;
        let second = second.await;
        assert!(matches!(second, Err(LetterError::Stopped { .. })), "{second:?}");
        world.restart().await?;
        world.advance(WHILE).await;
        assert_eq!(client.done().await, [1], "the next start goes on with the replay");
        assert_eq!((runs(1), client.given_up().await), (LAST + 2, vec![]));
        Ok(())
    });
}
