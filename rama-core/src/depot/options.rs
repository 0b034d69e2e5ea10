//! How a depot is declared, beyond its partitioning.

use std::time::Duration;

/// Keys that a partition remembers when its depot does not say: a day of what is sent with keys by hand, an hour at
/// three a second, and about 2 MiB of memory.
const KEYS: usize = 10_000;

/// Keys that a partition may be told to remember: they are all in memory, some 200 bytes each.
const KEYS_MAX: usize = 10_000_000;

/// How long a key is remembered: a day, the longest that clients usually repeat what they are not sure of.
const KEY_AGE: Duration = Duration::from_hours(24);

/// What may be there beyond the target size, as a part of it: trimming then has a quarter more to keep on disk, and
/// its work a quarter of the records at a time.
const EXCESS: f64 = 0.25;

/// What a depot remembers and what it keeps (DP-60 to DP-64). All numbers are by partition.
#[derive(Clone, Debug, PartialEq)]
pub struct DepotOptions {
    keys: usize,
    key_age: Duration,
    max_entries: Option<u64>,
    excess: f64,
    coordinate: bool,
}

impl Default for DepotOptions {
    fn default() -> Self {
        Self { keys: KEYS, key_age: KEY_AGE, max_entries: None, excess: EXCESS, coordinate: true }
    }
}

impl DepotOptions {
    /// 10,000 keys for a day; every record is kept.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many keys of appends each partition remembers: the last ones. A record whose key was forgotten is appended
    /// once more.
    #[must_use]
    pub fn keys(mut self, keys: usize) -> Self {
        self.keys = keys;
        self
    }

    /// How long keys of appends are remembered, unless more of them came since.
    #[must_use]
    pub fn key_age(mut self, age: Duration) -> Self {
        self.key_age = age;
        self
    }

    /// Keeps so many records in each partition: the last ones (DP-60).
    #[must_use]
    pub fn max_entries(mut self, entries: u64) -> Self {
        self.max_entries = Some(entries);
        self
    }

    /// How much more may be there, as a part of the entries to keep (DP-61): with 1,000 and 0.25 a partition is trimmed to
    /// 1,000 records when it has more than 1,250.
    #[must_use]
    pub fn excess(mut self, proportion: f64) -> Self {
        self.excess = proportion;
        self
    }

    /// Whether records stay until every topology of the module that reads the depot is done with them (DP-62); without,
    /// a topology that lags skips to the first record that is there (DP-64).
    #[must_use]
    pub fn coordinate(mut self, coordinate: bool) -> Self {
        self.coordinate = coordinate;
        self
    }

    /// What contradicts itself, and what to write instead.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !(1..=KEYS_MAX).contains(&self.keys) {
            return Err(format!("`keys: {}`: choose a number from 1 to {KEYS_MAX}", self.keys));
        }
        if self.max_entries == Some(0) {
            return Err("`max_entries: 0` keeps nothing: choose 1 or more".to_owned());
        }
        if !(0.0..=f64::from(u32::MAX)).contains(&self.excess) {
            let excess = self.excess;
            return Err(format!(
                "`excess: {excess}`: choose a part of the entries to keep, such as 0.25"
            ));
        }
        Ok(())
    }

    pub(crate) fn key_bounds(&self) -> (usize, Duration) {
        (self.keys, self.key_age)
    }

    pub(crate) fn entries(&self) -> Option<u64> {
        self.max_entries
    }

    /// Records a partition may have before it is trimmed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a bound by a proportion is rounded; casts saturate, and the proportion was checked"
    )]
    pub(crate) fn entries_with_excess(&self) -> Option<u64> {
        self.max_entries
            .map(|entries| entries.saturating_add((entries as f64 * self.excess) as u64))
    }

    pub(crate) fn coordinates(&self) -> bool {
        self.coordinate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_of_a_thousand_and_a_quarter_may_have_1250() {
        let options = DepotOptions::new().max_entries(1_000).excess(0.25);
        assert_eq!(options.entries_with_excess(), Some(1_250));
        assert_eq!(DepotOptions::new().max_entries(3).excess(0.0).entries_with_excess(), Some(3));
        assert_eq!(options.max_entries(u64::MAX).entries_with_excess(), Some(u64::MAX));
    }

    #[test]
    fn options_that_cannot_be_meant_are_refused() {
        let refused = |options: DepotOptions| options.check().unwrap_err();
        assert!(refused(DepotOptions::new().keys(0)).contains("keys: 0"));
        assert!(refused(DepotOptions::new().max_entries(0)).contains("keeps nothing"));
        assert!(refused(DepotOptions::new().excess(-0.5)).contains("excess: -0.5"));
        assert!(refused(DepotOptions::new().excess(f64::NAN)).contains("NaN"));
        assert_eq!(DepotOptions::new().max_entries(1).check(), Ok(()));
    }
}
