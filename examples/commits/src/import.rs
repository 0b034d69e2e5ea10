//! Reads entries and counts their commits, in batches.

use std::io;

use crate::{
    event::Commit, figures::ImportFigures, git::GitError, kept::Kept, log::Entry,
    progress::Progress,
};

/// Commits that are counted together. An import that is killed has lost none that were counted, and repeats
/// at most so many.
const BATCH_COMMITS: usize = 1_024;

/// File changes in a batch after which it is counted although it has fewer commits: bounds the memory of
/// histories with huge commits.
const BATCH_CHANGES: usize = 65_536;

/// Counts all commits of a history that are not counted yet.
///
/// # Errors
/// When the history cannot be read to its end, or a commit cannot be counted. What was counted stays.
pub async fn import<E: Into<ImportError>>(
    kept: &Kept,
    entries: impl Iterator<Item = Result<Entry, E>>,
    mut progress: Progress,
) -> Result<ImportFigures, ImportError> {
    let mut figures = ImportFigures::default();
    let mut batch = Batch::default();
    for entry in entries {
        match entry.map_err(Into::into)? {
            Entry::Commit(commit) => batch.push(commit),
            Entry::Unreadable(report) => {
                figures.count_unreadable(&report);
                progress.unreadable(&report);
            }
        }
        if batch.is_full() {
            batch.count(kept, &mut figures, &progress).await?;
        }
    }
    batch.count(kept, &mut figures, &progress).await?;
    progress.finish();
    Ok(figures)
}

/// Why an import ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// Standard input failed.
    #[error("standard input cannot be read: {0}")]
    Input(#[from] io::Error),
    /// A commit could not be counted.
    #[error(transparent)]
    Count(#[from] rama_core::Error),
}

#[derive(Default)]
struct Batch {
    commits: Vec<Commit>,
    changes: usize,
}

impl Batch {
    fn push(&mut self, commit: Commit) {
        self.changes += commit.files.len();
        self.commits.push(commit);
    }

    fn is_full(&self) -> bool {
        self.commits.len() >= BATCH_COMMITS || self.changes >= BATCH_CHANGES
    }

    async fn count(
        &mut self,
        kept: &Kept,
        figures: &mut ImportFigures,
        progress: &Progress,
    ) -> Result<(), ImportError> {
        let Self { commits, .. } = std::mem::take(self);
        for new in kept.client().add(commits).await? {
            figures.count_commit(new);
            progress.advance();
        }
        Ok(())
    }
}
