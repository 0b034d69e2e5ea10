//! A topology goes back to a record that failed: what it had given up behind that one is run once more, so it has no letters
//! of it any more, in memory and on the disk (DP-83, ST-05, ST-14).

use rama_core::error::Fate;
use rama_test::{Simulation, World};

use crate::{
    scripted::{ATTEMPTS, LIMIT, Scripted, WHILE, begun, disappoint, fails, meanwhile, waits},
    shop::fate,
};

#[test]
fn letters_behind_a_record_that_the_topology_goes_back_to_are_gone() {
    for crashes in [false, true] {
        Simulation::new().seeds(10).run(async |world: World| {
            let client = world.launch(Scripted).await?;
            waits(1, 1);
            let records = client.depot.records.clone();
            let first = world.spawn(async move { records.append(1).await });
            world.run_until_idle().await;
            // One succeeds when it is run once more, and one never does.
            fails(2, ATTEMPTS);
            fails(3, 1_000);
            for id in [2, 3, 4] {
                client.append(&world, id).await;
                world.advance(WHILE).await;
            }
            assert_eq!((client.given_up().await, client.done().await), (vec![2, 3], vec![4]));
            disappoint(1, 1);
            let outcome = first.join().await;
            assert_eq!(fate(outcome), Fate::Again { attempt: 2, of: ATTEMPTS });
            let given_up = client.given_up().await;
            assert!(given_up.is_empty(), "they wait for their turn, behind 1: {given_up:?}");
            if crashes {
                world.crash_and_restart().await?;
            }
            world.advance(WHILE).await;
            assert_eq!(client.given_up().await, [3], "2 is done now, and 3 given up once more");
            assert_eq!(client.done().await, [4, 1, 2, 4], "what is behind 1 is run behind it");
            assert_eq!(client.letters().await[0].attempts, ATTEMPTS, "it had all of them again");
            let before = begun();
            world.crash_and_restart().await?;
            world.advance(WHILE).await;
            assert_eq!(client.given_up().await, [3], "and so it stays");
            let letter = client.letters().await.remove(0);
            client.stream.work.discard(&letter).await.unwrap();
            assert_eq!((client.given_up().await, begun()), (vec![], before));
            Ok(())
        });
    }
}

#[test]
fn a_last_attempt_that_fails_together_with_a_record_before_it_does_not_count() {
    Simulation::new().seeds(10).run(async |world: World| {
        let client = world.launch(Scripted).await?;
        waits(1, 1);
        fails(2, ATTEMPTS);
        // While 2 fails for the last time, the time of 1 is over: both have failed at the same cut.
        let clock = world.clock();
        meanwhile(2, ATTEMPTS, move || clock.advance(LIMIT));
        client.append(&world, 1).await;
        client.append(&world, 2).await;
        assert_eq!(begun(), [1, 2]);
        world.advance(WHILE).await;
        world.run_until_idle().await;
        assert_eq!((begun(), client.given_up().await), (vec![1, 2, 2], vec![]));
        world.advance(WHILE).await;
        assert_eq!(begun(), [1, 2, 2, 1, 2], "2 is run again behind 1, though it had its attempts");
        assert_eq!((client.done().await, client.given_up().await), (vec![1, 2], vec![]));
        world.crash_and_restart().await?;
        world.advance(WHILE).await;
        assert_eq!((client.done().await, client.given_up().await), (vec![1, 2], vec![]));
        Ok(())
    });
}
