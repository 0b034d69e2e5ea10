//! Where a topology begins in a depot that it has never read (DP-80 to DP-82).

use std::time::Duration;

use crate::clock::Timestamp;

/// Which record of each partition is the first for a topology that reads the depot for the first time. From then on it
/// goes on where it was, whatever stands here in later versions of the module.
///
/// It is found once, when the module starts with the topology, and durable with the next commit. Whatever lies before
/// the first record that the depot still has begins there, and whatever lies behind the last one begins at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StartFrom {
    /// With the next record that is appended (DP-80).
    #[default]
    End,
    /// With the first record that is kept: of a depot that is trimmed, with as many as it has to keep (DP-61, DP-80).
    Beginning,
    /// With so many records before the end (DP-81).
    RecordsAgo(u64),
    /// With the first record that was appended no longer ago, by the clock of the module at its start (DP-81).
    Ago(Duration),
    /// With the first record that was appended at that time or later (DP-82).
    Since(Timestamp),
    /// With the record at this offset, in every partition.
    Offset(u64),
}
