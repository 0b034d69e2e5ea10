//! How often a topology tries a record, when it tries again, and how long an attempt may take: what sources say
//! (DP-83, ST-05, ST-07), and the waits in between.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    clock::Timestamp,
    flow::{Origin, Retries, mix},
    id::{DepotId, TopologyId},
};

/// The wait after the first failure: long enough for another system to come back from a hiccup, too short for a
/// person to notice.
const BACKOFF: Duration = Duration::from_millis(100);

/// The longest wait between two attempts. A record that is tried often must not be forgotten for minutes when what
/// was wrong is well again.
const BACKOFF_MAX: Duration = Duration::from_secs(10);

/// What the sources of a module say, by topology and depot.
#[derive(Debug, Default)]
pub(crate) struct Policies {
    by: BTreeMap<(TopologyId, DepotId), Retries>,
    /// The shortest time that an attempt may take.
    shortest: Duration,
}

impl Policies {
    pub(crate) fn new(sources: impl IntoIterator<Item = (TopologyId, DepotId, Retries)>) -> Self {
        let mut by = BTreeMap::new();
        for (topology, depot, retries) in sources {
            // Of sources that go on together the first one says how.
            by.entry((topology, depot)).or_insert(retries);
        }
        let shortest = by.values().map(|retries| retries.timeout).min().unwrap_or(Duration::MAX);
        Self { by, shortest }
    }

    /// What the source of a record says. A topology that reads the depot no more leaves records that were begun; they
    /// never come here.
    pub(super) fn of(&self, origin: Origin) -> Retries {
        self.by.get(&(origin.topology, origin.depot)).copied().unwrap_or_default()
    }

    /// Whether the topology of a record reads its depot.
    pub(super) fn has(&self, origin: Origin) -> bool {
        self.by.contains_key(&(origin.topology, origin.depot))
    }

    /// The shortest time that an attempt may take.
    pub(super) fn shortest(&self) -> Duration {
        self.shortest
    }
}

/// How long a record rests that has failed so many times: twice as long each time, and up to a quarter less, by the
/// record and not by chance, so that many records that failed together do not come back together.
pub(super) fn backoff(origin: Origin, failed: u32) -> Duration {
    let doubled = BACKOFF.saturating_mul(1_u32.checked_shl(failed - 1).unwrap_or(u32::MAX));
    let longest = doubled.min(BACKOFF_MAX);
    let place = u64::from(origin.task.0) << 32 | u64::from(origin.depot.0);
    let place = place << 16 | u64::from(origin.topology.0);
    let drawn = mix(mix(origin.offset.0 ^ mix(place)).wrapping_add(failed.into()));
    let thousandth = u32::try_from(drawn % 250).expect("it is below 250");
    longest - longest / 1_000 * thousandth
}

/// When a record is run again that has failed so many times.
pub(super) fn due(origin: Origin, failed: u32, now: Timestamp) -> Timestamp {
    now.after(backoff(origin, failed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{Offset, TaskId};

    fn at(offset: u64) -> Origin {
        let (topology, depot, task) = (TopologyId(1), DepotId(2), TaskId(3));
        Origin { topology, depot, task, offset: Offset(offset) }
    }

    #[test]
    fn waits_double_up_to_ten_seconds_and_differ_by_record() {
        for failed in 1..100 {
            let longest = (100_u64 << (failed - 1).min(20)).min(10_000);
            let waits: Vec<_> = (0..100).map(|offset| backoff(at(offset), failed)).collect();
            for wait in &waits {
                let (least, most) = (longest * 3 / 4, longest);
                assert!((least..=most).contains(&(wait.as_millis() as u64)), "{failed}: {wait:?}");
            }
            assert!(waits.iter().any(|wait| *wait != waits[0]), "they do not come back together");
            assert_eq!(waits[7], backoff(at(7), failed), "and not by chance");
        }
    }
}
