//! Fixed pieces of a bank's life, which a test interrupts at every operation.

use std::{fs, io, path::Path};

use rama_core::cluster::Durability;

use crate::{
    bank::{Bank, SEGMENT_BYTES, Transfer},
    disk::Plan,
};

/// A piece of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// On a directory that is not there.
    FirstStart,
    /// Transfers one by one.
    Appends,
    /// The log goes over into its next file.
    SegmentRoll,
    /// A graceful stop, which brings the store up to date.
    Checkpoint,
    /// A start after a kill.
    Recovery,
}

/// All of them.
pub const SCENARIOS: [Scenario; 5] = [
    Scenario::FirstStart,
    Scenario::Appends,
    Scenario::SegmentRoll,
    Scenario::Checkpoint,
    Scenario::Recovery,
];

/// Notes of large transfers are longer than this.
const LARGE_BYTES: usize = 5_000;

/// Transfers that are large.
fn large() -> impl Iterator<Item = (u64, usize)> {
    let ids = (1_000_000..).map(|id| (id, Transfer::of(id).note.len()));
    ids.filter(|(_, length)| *length > LARGE_BYTES)
}

impl Scenario {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstStart => "first-start",
            Self::Appends => "appends",
            Self::SegmentRoll => "segment-roll",
            Self::Checkpoint => "checkpoint",
            Self::Recovery => "recovery",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        SCENARIOS.into_iter().find(|scenario| scenario.name() == name)
    }

    /// What is in the directory before: transfers that were acknowledged.
    ///
    /// # Panics
    /// When it cannot be prepared.
    pub async fn prepare(self, data: &Path) -> Vec<(u64, (u32, u64))> {
        let ids: Vec<u64> = match self {
            Self::FirstStart => return Vec::new(),
            Self::Appends | Self::Checkpoint => (0..20).collect(),
            Self::Recovery => (0..100).collect(),
            Self::SegmentRoll => {
                let mut bytes = 0_u64;
                let filling = large().take_while(|(_, length)| {
                    bytes += *length as u64 + 500;
                    bytes < SEGMENT_BYTES - 5_000
                });
                filling.map(|(id, _)| id).collect()
            }
        };
        let bank = Bank::start(data, &Plan::default(), Durability::Sync).await.expect("it starts");
        let mut acked = Vec::new();
        for id in ids {
            acked.push((id, bank.append(id).await.expect("it is appended")));
        }
        if self == Self::SegmentRoll {
            // The log stays where it is, and a start has nothing to redo.
            bank.cluster.shutdown().await.expect("it stops");
        }
        bank.cluster.kill().await;
        acked
    }

    /// What is tried in it.
    #[must_use]
    pub fn ids(self) -> Vec<u64> {
        match self {
            Self::FirstStart => (500..503).collect(),
            Self::Appends => (500..508).collect(),
            Self::SegmentRoll => large()
                .map(|(id, _)| id + 1_000_000)
                .filter(|id| Transfer::of(*id).note.len() > LARGE_BYTES)
                .take(5)
                .collect(),
            Self::Checkpoint => (500..503).collect(),
            Self::Recovery => Vec::new(),
        }
    }

    /// Whether it ends with a graceful stop.
    #[must_use]
    pub fn stops(self) -> bool {
        self == Self::Checkpoint
    }
}

/// Copies the files of a directory and those in it, without what the disk keeps for itself.
///
/// # Errors
/// When the system refuses.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if entry.file_name() != "RESERVE" && entry.file_name() != "LOCK" {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
