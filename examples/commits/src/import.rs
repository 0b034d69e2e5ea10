//! Reads entries and counts their commits, in batches.

use std::io;

use crate::{
    event::Commit,
    figures::ImportFigures,
    git::GitError,
    kept::Kept,
    log::{Entry, Reason},
    progress::Progress,
};

/// Commits that are counted together. An import that is killed has lost none that were counted, and repeats
/// at most so many.
const BATCH_COMMITS: usize = 1_024;

/// File changes in a batch after which it is counted although it has fewer commits: bounds the memory of
/// histories with huge commits.
const BATCH_CHANGES: usize = 65_536;

/// Where entries come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From git as this program calls it: commits without files are what the history says.
    Repository,
    /// From whoever wrote to standard input, perhaps without `--numstat`: that is refused before
    /// commits are counted with no files for good.
    StandardInput,
}

/// Counts all commits of a history that are not counted yet.
///
/// # Errors
/// When the history cannot be read to its end, standard input is something else than
/// `git log --numstat`, or a commit cannot be counted. What was counted stays.
pub async fn import<E: Into<ImportError>>(
    kept: &Kept,
    entries: impl Iterator<Item = Result<Entry, E>>,
    origin: Origin,
    mut progress: Progress,
) -> Result<ImportFigures, ImportError> {
    let outcome = count_all(kept, entries, origin, &mut progress).await;
    progress.finish();
    outcome
}

async fn count_all<E: Into<ImportError>>(
    kept: &Kept,
    entries: impl Iterator<Item = Result<Entry, E>>,
    origin: Origin,
    progress: &mut Progress,
) -> Result<ImportFigures, ImportError> {
    let foreign = origin == Origin::StandardInput;
    let mut figures = ImportFigures::default();
    let mut batch = Batch::default();
    for entry in entries {
        match entry.map_err(Into::into)? {
            Entry::Commit(commit) => batch.push(commit),
            Entry::Unreadable(report) => {
                if foreign && report.reason == Reason::Stat && batch.begins_bare(&figures) {
                    return Err(ImportError::NoNumstat);
                }
                figures.count_unreadable(&report);
                progress.unreadable(&report);
            }
        }
        if batch.is_full() {
            batch.refuse_bare(foreign, &figures)?;
            batch.count(kept, &mut figures, progress).await?;
        }
    }
    batch.refuse_bare(foreign, &figures)?;
    batch.count(kept, &mut figures, progress).await?;
    if foreign && figures.read == 0 && figures.unreadable_lines > 0 {
        return Err(ImportError::NothingReadable);
    }
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
    /// Standard input has commits and no counts.
    #[error(
        "this looks like `git log` without `--numstat`: nothing was counted; pipe `git log --numstat`"
    )]
    NoNumstat,
    /// Standard input has lines and no commit.
    #[error(
        "nothing in the input could be read, so nothing was counted: expected is what `git log --numstat` writes in git's default layout, as in `git log --numstat | commits -`"
    )]
    NothingReadable,
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

    /// True while nothing was counted and no file was changed in what was read.
    fn begins_bare(&self, figures: &ImportFigures) -> bool {
        figures.read == 0 && self.changes == 0
    }

    /// Commits without any files, and nothing before them: who asked for counts has one in the first
    /// batch.
    fn refuse_bare(&self, foreign: bool, figures: &ImportFigures) -> Result<(), ImportError> {
        let bare = foreign && !self.commits.is_empty() && self.begins_bare(figures);
        if bare { Err(ImportError::NoNumstat) } else { Ok(()) }
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
