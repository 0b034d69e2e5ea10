//! The figures that are kept: imports through the depot, answers from the PStates.

use std::num::NonZeroUsize;

use rama_core::{
    cluster::{Cluster, LaunchConfig},
    error::{AppendError, ReadError},
    prelude::*,
};

use crate::{
    cli::Options,
    event::Commit,
    figures::{
        AuthorFigures, AuthorRow, ChangedWith, DayFigures, FileFigures, FileRow, Overview,
        PairFigures, Tally, Totals, busiest_authors, busiest_files, busiest_pairs, closest_files,
        months,
    },
    module::{AuthorState, CommitsModule, CommitsModuleClient},
    place::DataPlace,
};

/// The module, running on the data of one place.
#[derive(Debug)]
pub struct Kept {
    cluster: Cluster,
    client: CommitsModuleClient,
}

impl Kept {
    /// Starts the module where the figures are kept.
    ///
    /// # Errors
    /// When the place cannot be used or holds something else.
    pub async fn open(place: &DataPlace, options: &Options) -> Result<Self> {
        let cluster = match place {
            DataPlace::Kept(directory) => Cluster::on_disk(directory),
            DataPlace::ThisRun => Cluster::in_memory(),
        };
        let tasks = u32::from(options.tasks);
        let threads = u32::from(options.threads).min(tasks);
        let config = LaunchConfig::new().tasks(tasks).threads(threads);
        let client = cluster.launch(CommitsModule, config).await?;
        Ok(Self { cluster, client })
    }

    /// What counts commits in.
    #[must_use]
    pub fn client(&self) -> &CommitsModuleClient {
        &self.client
    }

    /// Stops the module; everything is on disk when this returns.
    ///
    /// # Errors
    /// When the last work could not be made durable.
    pub async fn close(self) -> Result<()> {
        self.cluster.shutdown().await
    }
}

impl CommitsModuleClient {
    /// Counts the commits that were not counted before, and tells for each whether it was new. Everything
    /// is durable and visible when this returns.
    ///
    /// # Errors
    /// When a commit cannot be counted.
    pub async fn add(&self, commits: Vec<Commit>) -> Result<Vec<bool>> {
        let mut new = Vec::with_capacity(commits.len());
        let mut appended = std::collections::BTreeSet::new();
        let mut records = Vec::new();
        for commit in commits {
            let known = self.is_known(&commit.hash).await? || appended.contains(&commit.hash);
            new.push(!known);
            if !known {
                appended.insert(commit.hash.clone());
                records.push(commit);
            }
        }
        let outcome: Result<(), AppendError> =
            self.depot.commits.append_all(records, AckLevel::Ack).await;
        outcome?;
        Ok(new)
    }

    async fn is_known(&self, hash: &String) -> Result<bool, ReadError> {
        Ok(self.pstate.seen.select_one(path![keypath(hash)]).await?.is_some())
    }

    /// The overview, with at most `top` rows in its lists of authors, files and pairs. Without import
    /// figures.
    ///
    /// # Errors
    /// When a state cannot be read.
    pub async fn overview(&self, top: NonZeroUsize) -> Result<Overview> {
        let authors = self.pstate.authors.all_partitions().select(path![ALL]).await?;
        let files = self.pstate.files.all_partitions().select(path![ALL]).await?;
        let days = self.days().await?;
        let totals = Totals {
            tally: sum(&days),
            authors: count(authors.len()),
            files: count(files.len()),
            days: count(days.len()),
            first_day: days.first().map(|day| day.day.clone()),
            last_day: days.last().map(|day| day.day.clone()),
            too_large_for_pairs: self.too_large().await?,
        };
        let authors = authors.into_iter().map(|(author, state)| (author, state.tally));
        Ok(Overview {
            totals,
            import: None,
            authors: busiest_authors(authors.map(author_row), top),
            months: months(&days),
            days,
            files: busiest_files(files.into_iter().map(file_row), top),
            pairs: self.pairs(top).await?,
        })
    }

    /// One author, with at most `top` files; `None` for a name without commits.
    ///
    /// # Errors
    /// When a state cannot be read.
    pub async fn author(&self, name: &str, top: NonZeroUsize) -> Result<Option<AuthorFigures>> {
        let state = self.pstate.authors.select_one(path![keypath(name)]).await?;
        let Some(AuthorState { tally, first_day, last_day }) = state else { return Ok(None) };
        let files = self.pstate.author_files.select(path![keypath(name), ALL]).await?;
        Ok(Some(AuthorFigures {
            author: name.to_owned(),
            tally,
            first_day,
            last_day,
            files: count(files.len()),
            top_files: busiest_files(files.into_iter().map(file_row), top),
        }))
    }

    /// One file, with at most `top` authors and files changed with it; `None` for a path never changed.
    ///
    /// # Errors
    /// When a state cannot be read.
    pub async fn file(&self, file: &str, top: NonZeroUsize) -> Result<Option<FileFigures>> {
        let Some(tally) = self.pstate.files.select_one(path![keypath(file)]).await? else {
            return Ok(None);
        };
        let authors = self.pstate.file_authors.select(path![keypath(file), ALL]).await?;
        let with = self.pstate.changed_with.select(path![keypath(file), ALL]).await?;
        let with = with.into_iter().map(|(path, commits)| ChangedWith { path, commits });
        Ok(Some(FileFigures {
            path: file.to_owned(),
            tally,
            authors: count(authors.len()),
            top_authors: busiest_authors(authors.into_iter().map(author_row), top),
            changed_with: closest_files(with, top),
        }))
    }

    /// The names of all authors.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn author_names(&self) -> Result<Vec<String>> {
        let authors = self.pstate.authors.all_partitions().select(path![ALL]).await?;
        Ok(authors.into_iter().map(|(author, _)| author).collect())
    }

    /// The paths of all files.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub async fn file_paths(&self) -> Result<Vec<String>> {
        let files = self.pstate.files.all_partitions().select(path![ALL]).await?;
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    async fn days(&self) -> Result<Vec<DayFigures>> {
        let days = self.pstate.days.all_partitions().select(path![ALL]).await?;
        let mut days: Vec<_> =
            days.into_iter().map(|(day, tally)| DayFigures { day, tally }).collect();
        days.sort_by(|one, other| one.day.cmp(&other.day));
        Ok(days)
    }

    async fn too_large(&self) -> Result<u64> {
        let counts = self.pstate.too_large.all_partitions().select(path![nil_to_val(0)]).await?;
        Ok(counts.into_iter().sum())
    }

    /// The pairs changed together most often. Both files of a pair know it; it is shown once.
    async fn pairs(&self, top: NonZeroUsize) -> Result<Vec<PairFigures>> {
        let files = self.pstate.changed_with.all_partitions();
        let pairs = files.select(path![KEYED_VALS, KEYED_VALS, is_collected(|a, b| a < b)]).await?;
        let pairs = pairs.into_iter().map(|(a, b, commits)| PairFigures { a, b, commits });
        Ok(busiest_pairs(pairs, top))
    }
}

fn author_row((author, tally): (String, Tally)) -> AuthorRow {
    AuthorRow { author, tally }
}

fn file_row((path, tally): (String, Tally)) -> FileRow {
    FileRow { path, tally }
}

fn sum(days: &[DayFigures]) -> Tally {
    let mut sum = Tally::default();
    days.iter().for_each(|day| sum.add(&day.tally));
    sum
}

fn count(length: usize) -> u64 {
    u64::try_from(length).expect("no collection in memory has more than 2^64 members")
}
