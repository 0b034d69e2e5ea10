//! The question that tests of stateful systems come down to: is the state what the records make of it?

use std::{collections::BTreeMap, fmt::Debug};

use rama_core::{Result, client::Depot, depot::Event, error::ReadError, id::TaskId};

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

/// All records of a depot, by partition, in their order.
///
/// # Errors
/// When the depot cannot be read.
pub async fn records<E: Event>(depot: &Depot<E>) -> Result<Vec<E>> {
    let mut records = Vec::new();
    for task in (0..).map(TaskId) {
        match depot.partition_info(task) {
            Err(ReadError::NoSuchTask { .. }) => break,
            Err(error) => return Err(error.into()),
            Ok(info) => records.extend(depot.read(task, info.start.0..info.end.0).await?),
        }
    }
    Ok(records)
}
