//! The command line of a node.

use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg, ValueExt};

use crate::cluster::LaunchConfig;

/// What `--help` prints.
pub(super) const HELP: &str = "\
Runs the modules of this program until it is stopped (Ctrl-C or SIGTERM).

  --data DIR         where the data lives (default: data)
  --tasks N          partitions of each module, fixed at its first launch (default: 4)
  --threads N        threads that run them (default: 2)
  --skip-locality    do not check that keys are used on their home tasks
  --help             this text";

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Run(Options),
}

/// How to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) data: PathBuf,
    pub(super) launch: LaunchConfig,
}

impl Options {
    pub(super) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut data = PathBuf::from("data");
        let mut launch = LaunchConfig::new();
        let mut parser = lexopt::Parser::from_iter(args);
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Long("data") => data = parser.value()?.into(),
                Arg::Long("tasks") => launch = launch.tasks(parser.value()?.parse()?),
                Arg::Long("threads") => launch = launch.threads(parser.value()?.parse()?),
                Arg::Long("skip-locality") => launch = launch.check_locality(false),
                Arg::Long("help") | Arg::Short('h') => return Ok(Command::Help),
                other => return Err(other.unexpected()),
            }
        }
        Ok(Command::Run(Self { data, launch }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Command, lexopt::Error> {
        Options::parse(["node"].iter().chain(args).map(OsString::from))
    }

    #[test]
    fn options_are_read_and_unknown_ones_refused() {
        let Ok(Command::Run(options)) = parse(&["--data", "x", "--tasks=8", "--threads", "3"])
        else {
            panic!("these are options");
        };
        assert_eq!(options.data, PathBuf::from("x"));
        let launch = format!("{:?}", options.launch);
        assert!(launch.contains("tasks: 8") && launch.contains("threads: Some(3)"), "{launch}");
        assert!(matches!(parse(&["--help"]), Ok(Command::Help)));
        assert!(parse(&["--task", "3"]).is_err());
        assert!(parse(&["--tasks", "many"]).is_err());
    }
}
