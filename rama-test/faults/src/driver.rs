//! The program in a process of its own, and what it says.

use std::{
    io::{self, BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        PoisonError, RwLock, RwLockReadGuard,
        mpsc::{Receiver, channel},
    },
    thread,
};

/// A process that is being started holds copies of all files of its parent for a moment, locks included. So while one is
/// started, this process starts no bank of its own.
static FORKS: RwLock<()> = RwLock::new(());

/// Held by whoever runs a bank in this process.
pub fn no_forks() -> RwLockReadGuard<'static, ()> {
    FORKS.read().unwrap_or_else(PoisonError::into_inner)
}

/// A process of the program, killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// Its lines, and then its end.
    pub lines: Receiver<Line>,
}

/// What the program says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A transfer is about to be appended.
    Try(u64),
    /// It was acknowledged: number, task, offset.
    Ack(u64, u32, u64),
    /// It was not.
    Failed(u64, String),
    /// A transfer that is stored: task, number.
    Found(u32, u64),
    /// An account.
    Balance(u64, i64),
    /// How often a transfer was seen.
    Seen(u64, u32),
    /// Everything that was asked for was told.
    Ready,
}

impl Line {
    fn parse(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut numbers = rest.split(' ');
        let line = match word {
            "try" => Self::Try(rest.parse().ok()?),
            "ack" => Self::Ack(
                numbers.next()?.parse().ok()?,
                numbers.next()?.parse().ok()?,
                numbers.next()?.parse().ok()?,
            ),
            "failed" => {
                let (id, reason) = rest.split_once(' ')?;
                Self::Failed(id.parse().ok()?, reason.to_owned())
            }
            "found" => Self::Found(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?),
            "balance" => {
                Self::Balance(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?)
            }
            "seen" => Self::Seen(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?),
            "ready" => Self::Ready,
            _ => return None,
        };
        Some(line)
    }
}

impl Process {
    /// Starts the program.
    ///
    /// # Errors
    /// When the system gives no process.
    pub fn start(program: &str, data: &Path, args: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(args).arg("--data").arg(data);
        Self::spawn(command)
    }

    /// Starts what a command says; its input and output are taken.
    ///
    /// # Errors
    /// When the system gives no process.
    pub fn spawn(mut command: Command) -> io::Result<Self> {
        let mut child = {
            let _forks = FORKS.write().unwrap_or_else(PoisonError::into_inner);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?
        };
        let stdout = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            // A killed process may end in the middle of a line: that one was not said.
            let mut reader = BufReader::new(stdout);
            let mut text = String::new();
            while reader.read_line(&mut text).is_ok_and(|length| length > 0) {
                let line = text.strip_suffix('\n').and_then(Line::parse);
                if line.is_some_and(|line| sender.send(line).is_err()) {
                    return;
                }
                text.clear();
            }
        });
        Ok(Self { child, lines })
    }

    /// SIGKILL. Its lines can be read to their end afterwards.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Sends it a signal, by its name without `SIG`.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let kill = format!("kill -{name} {}", self.id());
        let sent = {
            let _forks = FORKS.write().unwrap_or_else(PoisonError::into_inner);
            Command::new("sh").args(["-c", &kill]).status()?
        };
        if sent.success() { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    /// What it said on its error output, to its end, when that was piped.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn errors(&mut self) -> io::Result<String> {
        self.child.stderr.take().map_or(Ok(String::new()), io::read_to_string)
    }

    /// Waits until it has ended by itself, and tells how.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn wait(&mut self) -> io::Result<std::process::ExitStatus> {
        self.child.wait()
    }

    /// The number of the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _: io::Result<()> = self.kill();
    }
}
