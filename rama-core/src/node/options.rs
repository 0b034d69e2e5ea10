//! The command line of a node.

use std::{ffi::OsString, num::NonZeroU32, path::PathBuf};

use lexopt::{Arg, ValueExt};

use crate::cluster::LaunchConfig;

/// What `--help` prints.
pub(super) const HELP: &str = "\
Runs the modules of this program until it is stopped (Ctrl-C or SIGTERM; twice: at once).

  verify --data DIR               check everything that is stored, while the node is stopped
  backup --data DIR --to DIR2     copy the data of a stopped node, checked
  restore --from DIR2 --data DIR  put a backup back, where no data is

  --data DIR         where the data lives (default: data)
  --tasks N          partitions of each module, fixed at its first launch (default: 4)
  --threads N        threads that run them (default: 2)
  --durability D     when an append is acknowledged: sync (on the disk), interval:10ms (written, synced every
                     10 ms), memory (checkpoints only) (default: sync)
  --stop-within S    seconds that a stop may take, before it ends as if it was killed (default: 30)
  --skip-locality    do not check that keys are used on their home tasks
  --help             this text";

/// As long as those that stop services wait, more or less, before they kill them; what has begun is done in a fraction.
const STOP_WITHIN_SECONDS: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");

/// What the command line asks for.
#[derive(Debug)]
pub(super) enum Command {
    Help,
    Run(Options),
    Verify { data: PathBuf },
    Backup { data: PathBuf, to: PathBuf },
    Restore { from: PathBuf, data: PathBuf },
}

/// What to do, as the first word says.
#[derive(Clone, Copy)]
enum Verb {
    Run,
    Verify,
    Backup,
    Restore,
}

/// How to run.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) data: PathBuf,
    pub(super) launch: LaunchConfig,
    /// Seconds.
    pub(super) stop_within: NonZeroU32,
}

impl Options {
    pub(super) fn parse(
        args: impl IntoIterator<Item = OsString>,
    ) -> Result<Command, lexopt::Error> {
        let mut data = PathBuf::from("data");
        let mut launch = LaunchConfig::new();
        let mut stop_within = STOP_WITHIN_SECONDS;
        let (mut verb, mut other) = (Verb::Run, None);
        let mut parser = lexopt::Parser::from_iter(args);
        while let Some(arg) = parser.next()? {
            match (arg, verb) {
                (Arg::Value(word), Verb::Run) => verb = Verb::parse(word)?,
                (Arg::Long("data"), _) => data = parser.value()?.into(),
                (Arg::Long("to"), Verb::Backup) | (Arg::Long("from"), Verb::Restore) => {
                    other = Some(PathBuf::from(parser.value()?));
                }
                (Arg::Long("tasks"), Verb::Run) => launch = launch.tasks(parser.value()?.parse()?),
                (Arg::Long("threads"), Verb::Run) => {
                    launch = launch.threads(parser.value()?.parse()?);
                }
                (Arg::Long("durability"), Verb::Run) => {
                    launch = launch.durability(parser.value()?.parse()?);
                }
                (Arg::Long("stop-within"), Verb::Run) => stop_within = parser.value()?.parse()?,
                (Arg::Long("skip-locality"), Verb::Run) => launch = launch.check_locality(false),
                (Arg::Long("help") | Arg::Short('h'), _) => return Ok(Command::Help),
                (other, _) => return Err(verb.refuse(other)),
            }
        }
        let named = |option: &str| {
            let missing = || {
                let text = format!("`{option}` is missing: say where; `--help` shows how");
                lexopt::Error::Custom(text.into())
            };
            other.ok_or_else(missing)
        };
        Ok(match verb {
            Verb::Run => Command::Run(Self { data, launch, stop_within }),
            Verb::Verify => Command::Verify { data },
            Verb::Backup => Command::Backup { data, to: named("--to DIR")? },
            Verb::Restore => Command::Restore { from: named("--from DIR")?, data },
        })
    }
}

impl Verb {
    fn parse(word: OsString) -> Result<Self, lexopt::Error> {
        match word.to_str() {
            Some("verify") => Ok(Self::Verify),
            Some("backup") => Ok(Self::Backup),
            Some("restore") => Ok(Self::Restore),
            _ => Err(Self::Run.refuse(Arg::Value(word))),
        }
    }

    fn word(self) -> Option<&'static str> {
        match self {
            Self::Run => None,
            Self::Verify => Some("verify"),
            Self::Backup => Some("backup"),
            Self::Restore => Some("restore"),
        }
    }

    /// What is not taken here, and what to do.
    fn refuse(self, arg: Arg<'_>) -> lexopt::Error {
        let found = match arg {
            Arg::Short(letter) => format!("-{letter}"),
            Arg::Long(option) => format!("--{option}"),
            Arg::Value(word) => word.to_string_lossy().into_owned(),
        };
        let text = match self.word() {
            None if found.starts_with('-') => {
                format!("`{found}` is no option of a node that runs: `--help` lists them")
            }
            None => format!(
                "`{found}` is no command: `verify`, `backup` and `restore` are; without one the node runs"
            ),
            Some(verb) => format!("`{verb}` does not take `{found}`: `--help` shows what it takes"),
        };
        lexopt::Error::Custom(text.into())
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
        let args = ["--data", "x", "--tasks=8", "--threads", "3", "--durability", "memory"];
        let Ok(Command::Run(options)) = parse(&args) else {
            panic!("these are options");
        };
        assert_eq!(options.data, PathBuf::from("x"));
        let launch = format!("{:?}", options.launch);
        assert!(launch.contains("tasks: 8") && launch.contains("threads: Some(3)"), "{launch}");
        assert!(launch.contains("durability: Memory"), "{launch}");
        assert!(matches!(parse(&["--help"]), Ok(Command::Help)));
        assert_eq!(options.stop_within.get(), 30);
        let Ok(Command::Run(options)) = parse(&["--stop-within", "7"]) else {
            panic!("this is an option");
        };
        assert_eq!(options.stop_within.get(), 7);
        assert!(HELP.contains("--stop-within S"));
        for wrong in ["0", "-1", "1.5", "soon"] {
            assert!(parse(&["--stop-within", wrong]).is_err(), "{wrong}");
        }
        assert!(parse(&["verify", "--stop-within", "7"]).is_err());
        assert!(parse(&["--task", "3"]).is_err());
        assert!(parse(&["--tasks", "many"]).is_err());
        assert!(parse(&["--durability", "some"]).is_err());
    }

    #[test]
    fn commands_take_only_their_own_options() {
        let Ok(Command::Verify { data }) = parse(&["verify", "--data", "x"]) else {
            panic!("this is a command");
        };
        assert_eq!(data, PathBuf::from("x"));
        let Ok(Command::Backup { data, to }) = parse(&["backup", "--to", "y"]) else {
            panic!("this is a command");
        };
        assert_eq!((data, to), (PathBuf::from("data"), PathBuf::from("y")));
        let Ok(Command::Restore { from, .. }) = parse(&["restore", "--from", "y"]) else {
            panic!("this is a command");
        };
        assert_eq!(from, PathBuf::from("y"));
        let missing = parse(&["backup"]).unwrap_err().to_string();
        assert!(missing.contains("--to DIR") && missing.contains("--help"), "{missing}");
        for wrong in [&["verify", "--tasks", "3"][..], &["remove"], &["backup", "--from", "y"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_not_taken_is_told_with_what_is() {
        for (args, told) in [
            (
                &["--task", "3"][..],
                "`--task` is no option of a node that runs: `--help` lists them",
            ),
            (&["-x"], "`-x` is no option of a node that runs: `--help` lists them"),
            (
                &["remove"],
                "`remove` is no command: `verify`, `backup` and `restore` are; without one the node runs",
            ),
            (
                &["verify", "--tasks", "3"],
                "`verify` does not take `--tasks`: `--help` shows what it takes",
            ),
            (&["verify", "data"], "`verify` does not take `data`: `--help` shows what it takes"),
        ] {
            assert_eq!(parse(args).unwrap_err().to_string(), told);
        }
    }
}
