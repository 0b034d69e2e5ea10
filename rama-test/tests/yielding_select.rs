//! A long read in pages (PS-42): what it reads is one moment, and others run between its pages.

use rama_core::{cluster::LaunchConfig, depot::AckLevel, prelude::*};
use rama_test::InProcessCluster;

/// More than a few pages, and no multiple of one.
const ENTRIES: u64 = 5_003;

defmodule! {
    /// Sums a large structure in pages, while other records change it.
    PagesModule {
        depot *numbers: (u64, u64), global;
        depot *jobs: Vec<String>, global;

        stream pages {
            pstate $$numbers: Map<u8, Subindexed<Map<u64, u64>>>;
            pstate $$sums: Map<String, (u64, u64)> { global };
            pstate $$order: Vec<String>;

            sources! {
                source(*numbers) :> (key, number);
                local_transform([keypath(0), keypath(key), termval(number)], $$numbers);

                source(*jobs) :> jobs;
                explode(jobs) :> job;
                if job == "bump" {
                    local_transform([keypath(0), MAP_VALS, termval(100)], $$numbers);
                    local_transform([nil_to_val(vec![]), update(|order| order.push(job))], $$order);
                } else {
                    yielding_select([keypath(0), ALL], $$numbers) :> (key, number);
                    filter(key % 2 == 0);
                    local_transform(
                        [
                            keypath(&job),
                            nil_to_val((0, 0)),
                            update(|sum| {
                                sum.0 += 1;
                                sum.1 += number;
                            })
                        ],
                        $$sums
                    );
                    filter(key == 0 || key + 1 == ENTRIES);
                    local_transform(
                        [nil_to_val(vec![]), update(|order| order.push(format!("{job} {key}")))],
                        $$order
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_yielding_select_reads_one_moment_and_lets_others_run() {
    let ipc = InProcessCluster::create().await.unwrap();
    let config = LaunchConfig::new().tasks(1).threads(1).check_locality(false);
    let module = ipc.launch(PagesModule, config).await.unwrap();
    let numbers: Vec<_> = (0..ENTRIES).map(|key| (key, 1)).collect();
    module.depot.numbers.append_all(numbers, AckLevel::Ack).await.unwrap();

    // The second job of a record runs behind the first page of the first one, and changes everything.
    for jobs in [vec!["sum", "bump"], vec!["after"]] {
        let jobs = jobs.into_iter().map(str::to_owned).collect();
        module.depot.jobs.append(jobs).await.unwrap();
    }
    let even = ENTRIES.div_ceil(2);
    let sum = async |job: &str| module.pstate.sums.select_one(path![keypath(job)]).await.unwrap();
    assert_eq!(sum("sum").await, Some((even, even)), "as of its first page");
    assert_eq!(sum("after").await, Some((even, 100 * even)));
    let order = module.pstate.order.select_one(path![nil_to_val(vec![])]).await.unwrap();
    let last = format!("sum {}", ENTRIES - 1);
    let place = |step: &str| order.iter().position(|other| other == step);
    assert!(place("sum 0") < place("bump") && place("bump") < place(&last), "{order:?}");
    assert_eq!(order.len(), 5, "every row once: {order:?}");

    // What is one page, or nothing, is read like anything else.
    let numbers = module.pstate.numbers.select_one(path![keypath(0), SIZE]).await.unwrap();
    assert_eq!(numbers, ENTRIES);
}

#[tokio::test]
async fn clients_read_page_by_page() {
    let ipc = InProcessCluster::create().await.unwrap();
    let module = ipc.launch(PagesModule, LaunchConfig::new().tasks(1)).await.unwrap();
    let numbers: Vec<_> = (0..ENTRIES).map(|key| (key, key)).collect();
    module.depot.numbers.append_all(numbers, AckLevel::Ack).await.unwrap();
    let (mut cursor, mut found, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = module
            .pstate
            .numbers
            .select_page(path![keypath(0), sorted_map_range(10..4_990), MAP_VALS], cursor, 500)
            .await
            .unwrap();
        assert!(page.values.len() <= 500);
        found.extend(page.values);
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        // A row that comes while a client turns pages is on the page where it belongs.
        module.depot.numbers.append((4_989, 7)).await.unwrap();
    }
    let mut expected: Vec<u64> = (10..4_990).collect();
    *expected.last_mut().unwrap() = 7;
    assert_eq!((found, pages), (expected, 10));
}
