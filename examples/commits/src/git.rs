//! Runs git as a child process and reads its history. No shell is involved and nothing is written
//! to the repository.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread::JoinHandle;

use crate::log::Entry;
use crate::log::own::{FORMAT, OwnLog};

/// How much of git's error output is kept for a message, in bytes: some fifty lines. Git says what
/// is wrong in one.
const STDERR_MAX_BYTES: usize = 4096;

/// Variables that would lead git to another repository than the one asked for; hooks set them.
const MISLEADING: [&str; 4] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"];

/// What can go wrong with git; each says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// The program cannot be started.
    #[error(
        "git cannot be started ({source}): install git, or pipe a history in: `git log --numstat | commits -`"
    )]
    NotInstalled {
        /// What the system said.
        source: io::Error,
    },
    /// The path is not in a repository that git opens.
    #[error(
        "no git repository at {}: git says: {stderr}\nuse --repo PATH, or pipe a history in: `git log --numstat | commits -`",
        path.display()
    )]
    NotARepository {
        /// Where it was looked for.
        path: PathBuf,
        /// Git's own words.
        stderr: String,
    },
    /// Git gave up while working.
    #[error(
        "git stopped while reading {} ({status}): git says: {stderr}\ncheck the repository with `git fsck` and run this again: what was read stays counted",
        path.display()
    )]
    Stopped {
        /// The repository.
        path: PathBuf,
        /// Its exit status.
        status: String,
        /// Git's own words.
        stderr: String,
    },
    /// Git answered what this program does not understand.
    #[error(
        "git answered {answer:?} where {expected} was expected: is this an unusual version of git?"
    )]
    Answer {
        /// What was asked for.
        expected: &'static str,
        /// What came.
        answer: String,
    },
    /// The pipe from git broke.
    #[error("the output of git cannot be read: {0}")]
    Pipe(#[from] io::Error),
}

/// A git repository and the program that reads it.
#[derive(Clone, Debug)]
pub struct Repository {
    git: OsString,
    path: PathBuf,
    git_dir: PathBuf,
}

impl Repository {
    /// Opens the repository that contains `path`.
    pub fn open(path: &Path) -> Result<Self, GitError> {
        Self::open_with(OsStr::new("git"), path)
    }

    /// The same with another program than the `git` of the search path.
    pub fn open_with(git: &OsStr, path: &Path) -> Result<Self, GitError> {
        let mut found = Self { git: git.into(), path: path.into(), git_dir: PathBuf::new() };
        let output = found.ask(&["rev-parse", "--absolute-git-dir"])?;
        if !output.status.success() {
            let stderr = quote(&output.stderr);
            return Err(GitError::NotARepository { path: found.path, stderr });
        }
        let end = output.stdout.iter().rposition(|&byte| byte != b'\n' && byte != b'\r');
        found.git_dir = path_from(&output.stdout[..end.map_or(0, |last| last + 1)]);
        Ok(found)
    }

    /// The directory git keeps this repository (of a worktree: this worktree) in, usually `.git`.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Starts reading the history of `HEAD`, oldest commit first. A repository without commits has
    /// an empty one.
    ///
    /// Renames are followed (`-M`): a moved file is no churn, and it is what `git log --numstat`
    /// itself prints, so both inputs of this program give the same figures.
    pub fn history(&self) -> Result<History, GitError> {
        let Some(head) = self.head()? else { return Ok(History::empty(self.clone())) };
        let total = self.count(&head)?;
        // The user's settings must not change what is counted or add text to it.
        let settings = ["log.showSignature=false", "log.showRoot=true", "diff.relative=false"];
        let mut command = self.command();
        command.args(settings.iter().flat_map(|setting| ["-c", setting]));
        command.args(["log", "--reverse", "--numstat", "-z", "-M", "--no-color", "--no-notes"]);
        command.args(["--no-ext-diff", "--encoding=UTF-8", FORMAT, &head, "--"]);
        let child = command.spawn().map_err(|source| GitError::NotInstalled { source })?;
        Ok(History::start(self.clone(), total, child))
    }

    /// The commit `HEAD` names; `None` before the first commit.
    fn head(&self) -> Result<Option<String>, GitError> {
        let output = self.ask(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])?;
        match output.status.code() {
            Some(0) => Ok(Some(answer(&output))),
            Some(1) => Ok(None),
            _ => Err(self.stopped(&output.status.to_string(), &output.stderr)),
        }
    }

    fn count(&self, head: &str) -> Result<u64, GitError> {
        let output = self.ask(&["rev-list", "--count", head, "--"])?;
        if !output.status.success() {
            return Err(self.stopped(&output.status.to_string(), &output.stderr));
        }
        let number = answer(&output);
        number
            .parse()
            .map_err(|_| GitError::Answer { expected: "a number of commits", answer: number })
    }

    fn ask(&self, arguments: &[&str]) -> Result<Output, GitError> {
        let output = self.command().args(arguments).output();
        output.map_err(|source| GitError::NotInstalled { source })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.git);
        command.arg("--no-pager").arg("-C").arg(&self.path);
        // English errors, no questions.
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0");
        MISLEADING.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn stopped(&self, status: &str, stderr: &[u8]) -> GitError {
        GitError::Stopped { path: self.path.clone(), status: status.into(), stderr: quote(stderr) }
    }
}

/// The history of a repository while git writes it; the child is ended when this is dropped.
pub struct History {
    repository: Repository,
    total: u64,
    running: Option<Running>,
    /// The newest entry read: only when the next one has come, or git has ended well, is it known
    /// to be whole.
    held: Option<Entry>,
}

struct Running {
    child: Child,
    log: OwnLog<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl History {
    fn empty(repository: Repository) -> Self {
        Self { repository, total: 0, running: None, held: None }
    }

    fn start(repository: Repository, total: u64, mut child: Child) -> Self {
        let stdout = child.stdout.take().expect("the child was started with a pipe as its output");
        let stderr = child.stderr.take().expect("the child was started with a pipe for its errors");
        // Somebody has to read git's errors while we read its output, or git waits for ever on a
        // full pipe.
        let stderr = std::thread::spawn(move || keep_start(stderr));
        let log = OwnLog::new(BufReader::new(stdout));
        let running = Some(Running { child, log, stderr: Some(stderr) });
        Self { repository, total, running, held: None }
    }

    /// How many commits there are, for a progress bar.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Git has closed its output: the last entry is whole if git ended well.
    fn end(&mut self, mut running: Running) -> Option<Result<Entry, GitError>> {
        let held = self.held.take();
        let status = match running.child.wait() {
            Ok(status) => status,
            Err(error) => return Some(Err(GitError::Pipe(error))),
        };
        if status.success() {
            return held.map(Ok);
        }
        let stderr = running.stderr.take().and_then(|reader| reader.join().ok());
        Some(Err(self.repository.stopped(&status.to_string(), &stderr.unwrap_or_default())))
    }
}

impl Iterator for History {
    type Item = Result<Entry, GitError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut running = self.running.take()?;
            match running.log.next() {
                Some(Ok(entry)) => {
                    self.running = Some(running);
                    if let Some(whole) = self.held.replace(entry) {
                        return Some(Ok(whole));
                    }
                }
                Some(Err(error)) => return Some(Err(GitError::Pipe(error))),
                None => return self.end(running),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail if git has ended already, and then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads all of git's errors and keeps the first of them.
fn keep_start(mut stderr: impl Read) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut chunk = [0; 512];
    while let Ok(length @ 1..) = stderr.read(&mut chunk) {
        let room = STDERR_MAX_BYTES.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..length.min(room)]);
    }
    kept
}

fn answer(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn quote(stderr: &[u8]) -> String {
    let start = &stderr[..stderr.len().min(STDERR_MAX_BYTES)];
    let text = String::from_utf8_lossy(start);
    // Git indents the commands it proposes by a tab.
    let shown = |line: &str| crate::text::escape(&line.replace('\t', " "));
    let lines: Vec<String> = text.trim().lines().map(shown).collect();
    if lines.is_empty() { "(nothing)".into() } else { lines.join("\n") }
}

#[cfg(unix)]
fn path_from(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_from(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_git_says_what_to_do() {
        let outcome = Repository::open_with(OsStr::new("/nonexistent/git"), Path::new("."));
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains("install git"), "{message}");
        assert!(message.contains("git log --numstat | commits -"), "{message}");
    }

    #[test]
    fn a_directory_without_a_repository_says_what_to_do() {
        let place = tempfile::tempdir().unwrap();
        let error = Repository::open(place.path()).unwrap_err();
        assert!(matches!(error, GitError::NotARepository { .. }));
        let message = error.to_string();
        assert!(message.contains("not a git repository"), "{message}");
        assert!(message.contains("--repo PATH"), "{message}");
    }

    #[test]
    fn errors_of_git_are_quoted_without_control_characters_and_bounded() {
        assert_eq!(quote(b"fatal: \x1b[31mno\nhint: x\n"), "fatal: \\u{1b}[31mno\nhint: x");
        assert_eq!(quote(b"add it:\n\n\tgit config x\n"), "add it:\n\n git config x");
        assert_eq!(quote(b" \n"), "(nothing)");
        assert_eq!(keep_start(&[b'x'; 3 * STDERR_MAX_BYTES][..]).len(), STDERR_MAX_BYTES);
    }
}
