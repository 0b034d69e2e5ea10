//! Modules without a runtime, and those whose runtime ends before them.

use crate::common::{config, failed};
use crate::failing_disk::Failing;
use crate::office::{Does, Job, Office, OfficeClient, job};
use crate::outside::{Outside, is_unfinished, start, until};
use rama_core::cluster::Cluster;
use rama_core::error::AppendError;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use tokio::runtime;
use tokio::runtime::Runtime;

/// A runtime with a thread of its own.
fn runtime() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

/// Appends a job to a module whose runtime has ended; tells what the module says of that.
async fn refusal(client: &OfficeClient, job: Job) -> String {
    match client.jobs.append(job).await {
        Err(AppendError::Broken { reason, .. } | AppendError::Unknown { reason }) => {
            reason.to_string()
        }
        other => panic!("the module goes on: {other:?}"),
    }
}

#[test]
fn a_runtime_that_ends_ends_the_module_and_fails_no_record() {
    const SAID: &str = "the runtime that launched the module has ended";
    let (outside, mut asked) = Outside::new();
    let disk = Failing::default();
    let office = Office::new(&outside);
    let (first, second) = (runtime(), runtime());
    let (ipc, client) = first.block_on(start(&disk, office.clone(), config(1, 1)));
    let [parked] = second.block_on(async {
        let parked = client.start(job(1, 1, Does::Ask));
        std::mem::forget(asked.recv().await.unwrap());
        client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
        [parked]
    });
    drop(first);
    second.block_on(async {
        let said = refusal(&client, job(1, 0, Does::Count)).await;
        assert!(said.contains(SAID) && !said.contains("append"), "{said}");
        assert!(is_unfinished(&parked.await.unwrap()));
        assert_eq!(client.begun(1).await, 2, "what was committed can be read");
        ipc.shutdown().await.unwrap_err();
        let client = ipc.launch(office.clone(), config(1, 1)).await.unwrap();
        let question = asked.recv().await.unwrap();
        question.answer.send(5).unwrap();
        until("it is done", async || client.answers(1).await == [(1, 5, 0)]).await;
        ipc.shutdown().await.unwrap();
    });
}

#[test]
fn no_record_fails_on_a_runtime_that_has_ended() {
    let (outside, mut asked) = Outside::new();
    let disk = Failing::default();
    let office = Office::new(&outside);
    let (first, second) = (runtime(), runtime());
    let (ipc, client) = first.block_on(start(&disk, office.clone(), config(1, 1)));
    drop(first);
    second.block_on(async {
        client.jobs.append(job(1, 0, Does::Count)).await.unwrap();
        let asks = client.jobs.append(job(1, 1, Does::Ask)).await;
        let said = refusal(&client, job(1, 0, Does::Count)).await;
        assert!(said.contains("the runtime that launched the module has ended"), "{said}");
        ipc.shutdown().await.unwrap_err();
        let client = ipc.launch(office.clone(), config(1, 1)).await.unwrap();
        let stored = is_unfinished(&asks);
        assert!(stored || matches!(asks, Err(AppendError::Unknown { .. })), "{asks:?}");
        if stored {
            asked.recv().await.unwrap().answer.send(4).unwrap();
            until("it is run again", async || client.answers(1).await == [(1, 4, 0)]).await;
        }
        let done = client.start(job(2, 2, Does::Ask));
        asked.recv().await.unwrap().answer.send(5).unwrap();
        done.await.unwrap().unwrap();
    });
}

#[test]
fn without_a_runtime_the_record_says_what_is_missing() {
    fn wait<T>(future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
            {
                return done;
            }
            std::thread::yield_now();
        }
    }
    let cluster = Cluster::in_memory();
    let (outside, _asked) = Outside::new();
    let office = Office::new(&outside);
    let client = wait(cluster.launch(office, config(1, 1))).unwrap();
    let (.., reason) = failed(wait(client.jobs.append(job(1, 1, Does::Ask))));
    assert!(reason.contains("launch it within a runtime"), "{reason}");
    wait(client.jobs.append(job(1, 0, Does::Count))).unwrap();
}
