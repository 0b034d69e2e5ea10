//! The module: one depot of commits, and the states that answer every question of the program.
//!
//! A commit counts once however often it is imported: the topology asks `$$seen`, which lives on the same
//! partition as the commit. Then the commit falls apart into `Fact`s, and each goes to the home of its key:
//! authors, days and files are counted on the tasks where their rows are.

use rama_core::prelude::*;

use crate::{
    event::{Commit, FileChange},
    figures::Tally,
    pairs::{Together, together},
};

/// What is kept of an author.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorState {
    /// Commits and lines.
    pub tally: Tally,
    /// The earliest day with a commit, `YYYY-MM-DD`; empty before the first.
    pub first_day: String,
    /// The latest day with a commit.
    pub last_day: String,
}

impl AuthorState {
    fn with(mut self, day: &str, tally: &Tally) -> Self {
        self.tally.add(tally);
        if self.first_day.is_empty() || day < self.first_day.as_str() {
            day.clone_into(&mut self.first_day);
        }
        if day > self.last_day.as_str() {
            day.clone_into(&mut self.last_day);
        }
        self
    }
}

/// What a commit says about one author, day or file.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Fact {
    Author { author: String, day: String, tally: Tally, files: Vec<FileChange> },
    Day { day: String, tally: Tally },
    File { author: String, change: FileChange, together: Vec<String> },
}

fn facts(commit: Commit) -> Vec<Fact> {
    let (day, tally) = (commit.day(), Tally::of_commit(&commit));
    let pairs = match together(&commit.files) {
        Together::Pairs(pairs) => pairs,
        Together::TooLarge => Vec::new(),
    };
    let Commit { author, files, .. } = commit;
    let mut facts: Vec<Fact> = (files.iter())
        .map(|change| {
            let others = pairs.iter().filter_map(|pair| pair.other(&change.path));
            let together = others.map(str::to_owned).collect();
            Fact::File { author: author.clone(), change: change.clone(), together }
        })
        .collect();
    facts.push(Fact::Day { day: day.clone(), tally });
    facts.push(Fact::Author { author, day, tally, files });
    facts
}

fn is_too_large(commit: &Commit) -> bool {
    matches!(together(&commit.files), Together::TooLarge)
}

fn plus(mut tally: Tally, other: &Tally) -> Tally {
    tally.add(other);
    tally
}

defmodule! {
    /// The history of a repository.
    pub CommitsModule {
        depot *commits: Commit, hash_by(hash);

        stream history {
            pstate $$seen: Map<String, bool>;
            pstate $$too_large: u64;
            pstate $$authors: Map<String, AuthorState>;
            pstate $$author_files: Map<String, Subindexed<Map<String, Tally>>>;
            pstate $$days: Map<String, Tally>;
            pstate $$files: Map<String, Tally>;
            pstate $$file_authors: Map<String, Subindexed<Map<String, Tally>>>;
            pstate $$changed_with: Map<String, Subindexed<Map<String, u64>>>;

            sources! {
                source(*commits) :> commit;
                local_select([keypath(commit.hash.clone())], $$seen) :> seen;
                filter(seen.is_none());
                local_transform([keypath(commit.hash.clone()), termval(true)], $$seen);
                if is_too_large(&commit) {
                    local_transform([nil_to_val(0), term(|count| count + 1)], $$too_large);
                }

                explode(facts(commit)) :> fact;
                match fact {
                    Fact::Day { day, tally } => {
                        |hash(day);
                        local_transform(
                            [keypath(day), nil_to_val(Tally::default()), term(|sum| plus(sum, &tally))],
                            $$days
                        );
                    }
                    Fact::Author { author, day, tally, files } => {
                        |hash(author);
                        local_transform(
                            [
                                keypath(author),
                                nil_to_val(AuthorState::default()),
                                term(|state| state.with(&day, &tally))
                            ],
                            $$authors
                        );
                        explode(files) :> change;
                        let tally = Tally::of_change(&change);
                        local_transform(
                            [
                                keypath(author, change.path),
                                nil_to_val(Tally::default()),
                                term(|sum| plus(sum, &tally))
                            ],
                            $$author_files
                        );
                    }
                    Fact::File { author, change, together } => {
                        let tally = Tally::of_change(&change);
                        let path = change.path;
                        |hash(path);
                        local_transform(
                            [keypath(path), nil_to_val(Tally::default()), term(|sum| plus(sum, &tally))],
                            $$files
                        );
                        local_transform(
                            [
                                keypath(path, author),
                                nil_to_val(Tally::default()),
                                term(|sum| plus(sum, &tally))
                            ],
                            $$file_authors
                        );
                        explode(together) :> other;
                        local_transform(
                            [keypath(path, other), nil_to_val(0), term(|count| count + 1)],
                            $$changed_with
                        );
                    }
                }
            }
        }
    }
}
