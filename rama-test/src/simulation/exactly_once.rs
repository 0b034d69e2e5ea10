//! The question that tests of stateful systems come down to: is the state what the records make of it?

use std::{collections::BTreeMap, fmt::Debug};

use rama_core::{
    Result,
    client::{Depot, DepotRecord},
    depot::Event,
    id::TaskId,
};

/// Asserts that state is exactly the fold over all records of a depot: none lost, none counted twice.
///
/// `found` is the state as a client reads it, `fold` what one record does to it. Records of different partitions are
/// folded in any order, so what they do must not depend on that.
///
/// # Errors
/// When the depot cannot be read.
///
/// # Panics
/// When the state is another one, with the entries that differ.
pub async fn assert_exactly_once<E: Event, K: Ord + Debug, V: PartialEq + Debug>(
    depot: &Depot<E>,
    found: impl IntoIterator<Item = (K, V)>,
    mut fold: impl FnMut(&mut BTreeMap<K, V>, E),
) -> Result<()> {
    let mut expected = BTreeMap::new();
    for record in records(depot).await? {
        fold(&mut expected, record);
    }
    let found: BTreeMap<K, V> = found.into_iter().collect();
    let mut differences = Vec::new();
    for (key, value) in &expected {
        if found.get(key) != Some(value) {
            let found = found.get(key);
            differences.push(format!("{key:?}: {found:?}, the records make {value:?}"));
        }
    }
    for (key, value) in found.iter().filter(|(key, _)| !expected.contains_key(key)) {
        differences.push(format!("{key:?}: {value:?}, no record makes that"));
    }
    assert!(differences.is_empty(), "not exactly once:\n{}", differences.join("\n"));
    Ok(())
}

/// What all records of a depot say, by partition, in their order.
///
/// # Errors
/// When the depot cannot be read.
pub async fn records<E: Event>(depot: &Depot<E>) -> Result<Vec<E>> {
    let mut events = Vec::new();
    for task in (0..depot.info()?.partitions).map(TaskId) {
        let records = partition_records(depot, task).await?;
        events.extend(records.into_iter().map(|record| record.event));
    }
    Ok(events)
}

/// All records of one partition of a depot, in their order.
///
/// # Errors
/// When the depot cannot be read.
pub async fn partition_records<E: Event>(
    depot: &Depot<E>,
    task: TaskId,
) -> Result<Vec<DepotRecord<E>>> {
    let info = depot.partition_info(task)?;
    let (mut records, mut next) = (Vec::new(), info.start);
    while next < info.end {
        let page = depot.read(task, next.0..info.end.0).await?;
        records.extend(page.records);
        next = page.next;
    }
    Ok(records)
}
