//! The command line: what to do and with which options. It only reads them; nothing is opened here.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, Subcommand};

/// Reads the history of a git repository and keeps figures about it.
///
/// Each run adds the commits that are new and then shows who changed how much, when, which files
/// change most and which files change together. `author` and `file` answer from what is kept,
/// without reading the history again: run `commits` first.
#[derive(Clone, Debug, Parser)]
#[command(name = "commits", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    /// Read `git log --numstat` from standard input instead of a repository (the same as `-`);
    /// without --data the figures are not kept
    #[arg(long)]
    stdin: bool,

    #[command(flatten)]
    options: Options,
}

/// The options every command takes, before or after its name.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Keep the figures in this directory [default: `commits-data` in the repository's git
    /// directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// The repository, or a directory in it
    #[arg(long, global = true, value_name = "PATH", default_value = ".")]
    pub repo: PathBuf,

    /// Print the figures as one JSON document, for programs
    #[arg(long, global = true)]
    pub json: bool,

    /// Rows per table
    #[arg(long, global = true, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub top: u16,

    /// Tasks (partitions) of the module; a data directory keeps the number it was made with
    #[arg(long, global = true, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub tasks: u16,

    /// Threads that run the tasks
    #[arg(long, global = true, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub threads: u16,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Read `git log --numstat` from standard input: git's default layout, without `-z`,
    /// `--oneline`, `--graph` or `--format`
    #[command(name = "-")]
    Stdin,
    /// What one author did, from the figures kept
    Author {
        /// The author's name as the tables show it
        name: String,
    },
    /// What happened to one file and which files change with it, from the figures kept
    File {
        /// The path from the root of the repository
        path: String,
    },
}

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Import the history of the repository and show the overview.
    ImportRepository,
    /// Import standard input and show the overview.
    ImportStdin,
    /// Show one author.
    Author(String),
    /// Show one file; the path has no `./` in front.
    File(String),
}

impl Cli {
    /// What is asked for, and the options. Fails where the parts of the command line exclude each
    /// other.
    pub fn job(self) -> Result<(Job, Options), clap::Error> {
        let job = match self.command {
            None if self.stdin => Job::ImportStdin,
            None => Job::ImportRepository,
            Some(Command::Stdin) => Job::ImportStdin,
            Some(_) if self.stdin => {
                let message = "`author` and `file` answer from what is kept and read no input: leave --stdin away";
                return Err(Self::command().error(ErrorKind::ArgumentConflict, message));
            }
            Some(Command::Author { name }) => Job::Author(name),
            Some(Command::File { path }) => {
                Job::File(path.strip_prefix("./").unwrap_or(&path).to_owned())
            }
        };
        Ok((job, self.options))
    }
}

impl Options {
    /// Rows per table.
    pub fn rows(&self) -> NonZeroUsize {
        NonZeroUsize::new(usize::from(self.top)).unwrap_or(NonZeroUsize::MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(line: &str) -> Result<(Job, Options), clap::Error> {
        let words = std::iter::once("commits").chain(line.split_whitespace());
        Cli::try_parse_from(words).and_then(Cli::job)
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn without_words_the_repository_it_stands_in_is_imported() {
        let (job, options) = job("").unwrap();
        assert_eq!(job, Job::ImportRepository);
        let expected =
            Options { data: None, repo: ".".into(), json: false, top: 10, tasks: 4, threads: 2 };
        assert_eq!(options, expected);
    }

    #[test]
    fn standard_input_is_a_dash_or_an_option() {
        assert_eq!(job("-").unwrap().0, Job::ImportStdin);
        assert_eq!(job("--stdin").unwrap().0, Job::ImportStdin);
        assert_eq!(job("--stdin -").unwrap().0, Job::ImportStdin);
        let (job, options) = job("--json - --data d").unwrap();
        assert_eq!((job, options.json, options.data), (Job::ImportStdin, true, Some("d".into())));
    }

    #[test]
    fn options_stand_before_or_after_the_command() {
        for line in ["--data d --top 3 --json author Ada", "author Ada --data d --json --top 3"] {
            let (job, options) = job(line).unwrap();
            assert_eq!(job, Job::Author("Ada".into()), "{line}");
            assert_eq!(
                (options.data, options.top, options.json),
                (Some("d".into()), 3, true),
                "{line}"
            );
        }
    }

    #[test]
    fn a_path_may_be_written_from_here() {
        assert_eq!(job("file ./src/main.rs").unwrap().0, Job::File("src/main.rs".into()));
        assert_eq!(job("file src/main.rs").unwrap().0, Job::File("src/main.rs".into()));
    }

    #[test]
    fn mistakes_are_refused() {
        for line in [
            "--top 0",
            "--tasks 0",
            "--threads 0",
            "author",
            "file",
            "author a b",
            "--stdin author a",
        ] {
            assert!(job(line).is_err(), "{line}");
        }
        let message = job("athor Ada").unwrap_err().to_string();
        assert!(message.contains("author"), "{message}");
    }
}
