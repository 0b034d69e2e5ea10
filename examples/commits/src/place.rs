//! Where the figures are kept between runs.

use std::path::{Path, PathBuf};

use crate::cli::{Job, Options};
use crate::git::{GitError, Repository};

/// The directory inside git's own that holds a repository's figures.
///
/// It needs no set-up and is there for every repository; each repository has its own, so two
/// histories never mix; `git status` does not see it, `cargo clean` and `git clean` leave it alone,
/// and it goes when the clone goes.
pub const DATA_DIR: &str = "commits-data";

/// What the cluster calls the module's directory inside the place: its name.
const MODULE_DIR: &str = "CommitsModule";

/// A question about figures where there are none.
#[derive(Debug, thiserror::Error)]
#[error("nothing is kept in {} yet: run `commits` first", .0.display())]
pub struct NothingKept(PathBuf);

/// Where the figures of a run are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPlace {
    /// In this directory: the next run continues here.
    Kept(PathBuf),
    /// For this run only. What comes from standard input does not say which repository it is from,
    /// so it is kept only where `--data` says.
    ThisRun,
}

impl DataPlace {
    /// The place for a job: what `--data` says; else [`DATA_DIR`] in the repository, which is
    /// looked for only then.
    pub fn of(job: &Job, options: &Options) -> Result<Self, GitError> {
        if let Some(data) = &options.data {
            return Ok(Self::Kept(data.clone()));
        }
        match job {
            Job::ImportStdin => Ok(Self::ThisRun),
            Job::ImportRepository | Job::Author(_) | Job::File(_) => {
                Ok(Self::Kept(Repository::open(&options.repo)?.git_dir().join(DATA_DIR)))
            }
        }
    }

    /// Refuses a place where nothing was ever kept, which opening it would make. A place that cannot
    /// be looked into passes: opening it says what is wrong with it.
    pub fn must_hold_figures(&self) -> Result<(), NothingKept> {
        match self {
            Self::Kept(place) if is_missing(&place.join(MODULE_DIR)) => {
                Err(NothingKept(place.clone()))
            }
            _ => Ok(()),
        }
    }
}

fn is_missing(path: &Path) -> bool {
    matches!(path.try_exists(), Ok(false))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn place(line: &[&str]) -> Result<DataPlace, GitError> {
        let (job, options) = Cli::try_parse_from(line).unwrap().job().unwrap();
        DataPlace::of(&job, &options)
    }

    #[test]
    fn standard_input_is_kept_only_where_told() {
        assert_eq!(place(&["commits", "-"]).unwrap(), DataPlace::ThisRun);
        let kept = DataPlace::Kept("d".into());
        assert_eq!(place(&["commits", "-", "--data", "d"]).unwrap(), kept);
    }

    #[test]
    fn no_repository_is_needed_where_the_directory_is_told() {
        let empty = tempfile::tempdir().unwrap();
        let repo = empty.path().to_str().unwrap();
        let told = ["commits", "--repo", repo, "--data", "d", "author", "Ada"];
        assert_eq!(place(&told).unwrap(), DataPlace::Kept("d".into()));
        let not_told = place(&["commits", "--repo", repo, "author", "Ada"]);
        assert!(matches!(not_told, Err(GitError::NotARepository { .. })));
    }
}
