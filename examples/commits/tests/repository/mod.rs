//! Makes small git repositories for tests, byte by byte through `git fast-import`, so that names
//! and messages can be as nasty as git allows.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A stream for `git fast-import`; commits are numbered from 1.
#[derive(Default)]
pub(crate) struct Story {
    stream: Vec<u8>,
    commits: usize,
}

/// Who wrote a commit: name and address as they stand in the commit, seconds since 1970 and time
/// zone.
pub(crate) struct Author<'a>(pub(crate) &'a [u8], pub(crate) i64, pub(crate) &'a str);

impl Story {
    /// Tells one commit on `main`; `parents` are numbers of earlier ones.
    pub(crate) fn commit(
        &mut self,
        author: &Author<'_>,
        message: &[u8],
        parents: &[usize],
    ) -> &mut Self {
        self.commits += 1;
        let head = format!("commit refs/heads/main\nmark :{}\nauthor ", self.commits);
        self.put(&[head.as_bytes(), author.0]);
        self.put(&[format!(" {} {}\n", author.1, author.2).as_bytes()]);
        self.put(&[format!("committer C <c@x> {} +0000\n", author.1).as_bytes()]);
        self.data(message);
        for (index, parent) in parents.iter().enumerate() {
            let word = if index == 0 { "from" } else { "merge" };
            self.put(&[format!("{word} :{parent}\n").as_bytes()]);
        }
        self
    }

    /// Writes a file in the commit told last.
    pub(crate) fn write(&mut self, path: &[u8], content: &[u8]) -> &mut Self {
        self.put(&[b"M 100644 inline ", &quoted(path), b"\n"]);
        self.data(content);
        self
    }

    /// Renames a file in the commit told last.
    pub(crate) fn rename(&mut self, old: &[u8], new: &[u8]) -> &mut Self {
        self.put(&[b"R ", &quoted(old), b" ", &quoted(new), b"\n"]);
        self
    }

    /// Deletes a file in the commit told last.
    pub(crate) fn delete(&mut self, path: &[u8]) -> &mut Self {
        self.put(&[b"D ", &quoted(path), b"\n"]);
        self
    }

    /// Makes the repository.
    pub(crate) fn make(&self, place: &Path) {
        git(place, &["init", "--quiet", "--initial-branch=main", "."]);
        let mut child = command(place, &["fast-import", "--quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&self.stream).unwrap();
        assert!(child.wait().unwrap().success(), "git fast-import");
    }

    fn data(&mut self, content: &[u8]) {
        self.put(&[format!("data {}\n", content.len()).as_bytes(), content, b"\n"]);
    }

    fn put(&mut self, parts: &[&[u8]]) {
        parts.iter().for_each(|part| self.stream.extend_from_slice(part));
    }
}

/// Runs git in a place, free of the settings of whoever runs the tests, and gives its output.
pub(crate) fn git(place: &Path, arguments: &[&str]) -> Vec<u8> {
    let Output { status, stdout, stderr } = command(place, arguments).output().unwrap();
    assert!(status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&stderr));
    stdout
}

fn command(place: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(place).args(arguments);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE");
    command
}

fn quoted(path: &[u8]) -> Vec<u8> {
    let mut text = String::from("\"");
    for &byte in path {
        write!(text, "\\{byte:03o}").unwrap();
    }
    text.push('"');
    text.into_bytes()
}
