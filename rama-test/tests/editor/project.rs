//! A crate with a module, opened in an editor. A place in its text is marked `/*name*/`; marks are no part of the text.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::server::{Server, installed, uri};

/// An editor with one file.
pub(crate) struct Editor {
    server: Server,
    file: PathBuf,
    version: i64,
    text: String,
    marks: BTreeMap<String, usize>,
    // Deleted when all is done.
    _folder: TempDir,
}

impl Editor {
    /// Opens the text, when a rust-analyzer is installed; says so when there is none.
    #[expect(clippy::print_stdout, reason = "a test that does nothing has to say so")]
    pub(crate) fn open(marked: &str) -> Option<Self> {
        let (command, version) = match installed() {
            Ok(found) => found,
            Err(lack) => {
                println!("skipped: {lack}");
                return None;
            }
        };
        println!("with {version}");
        let folder = tempfile::tempdir().unwrap();
        // Links in the path of the folder would be other names for the same file.
        let root = folder.path().canonicalize().unwrap();
        let (text, marks) = unmarked(marked);
        write_crate(&root, &text);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editor");
        let server = Server::start(&command, &root, &target);
        let file = root.join("src/lib.rs");
        let mut editor = Self { server, file, version: 0, text, marks, _folder: folder };
        let document = json!({
            "uri": uri(&editor.file), "languageId": "rust", "version": 0, "text": editor.text,
        });
        editor.server.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        Some(editor)
    }

    /// Changes the whole text.
    pub(crate) fn change(&mut self, marked: &str) {
        (self.text, self.marks) = unmarked(marked);
        self.version += 1;
        let params = json!({
            "textDocument": { "uri": uri(&self.file), "version": self.version },
            "contentChanges": [{ "text": self.text }],
        });
        self.server.notify("textDocument/didChange", &params);
    }

    /// What is shown over the word behind a mark.
    pub(crate) fn hover(&mut self, mark: &str) -> String {
        let found = self.ask("textDocument/hover", mark);
        found["contents"]["value"].as_str().unwrap_or_default().to_owned()
    }

    /// What could stand at a mark.
    pub(crate) fn completions(&mut self, mark: &str) -> Vec<String> {
        let found = self.ask("textDocument/completion", mark);
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let label = |item: &Value| item["label"].as_str().unwrap_or_default().to_owned();
        items.iter().map(label).collect()
    }

    /// The lines where the word behind a mark is declared, each cut at the declared name: what stands in front of it,
    /// and it.
    pub(crate) fn definitions(&mut self, mark: &str) -> Vec<String> {
        let found = self.ask("textDocument/definition", mark);
        let links = found.as_array().cloned().unwrap_or_default();
        let mut lines: Vec<String> = links
            .iter()
            .filter(|link| link["targetUri"] == uri(&self.file))
            .map(|link| self.line_up_to(&link["targetSelectionRange"]["end"]))
            .collect();
        lines.dedup();
        lines
    }

    /// The editor's own messages about the text, without what cargo says.
    pub(crate) fn diagnostics(&mut self) -> Vec<String> {
        let params = json!({ "textDocument": { "uri": uri(&self.file) } });
        let found = self.server.request("textDocument/diagnostic", &params);
        let items = found["items"].as_array().cloned().unwrap_or_default();
        let line = |item: &Value| {
            let message = item["message"].as_str().unwrap_or_default();
            format!("{} {message}", self.line_up_to(&item["range"]["end"]))
        };
        items.iter().map(line).collect()
    }

    fn ask(&mut self, method: &str, mark: &str) -> Value {
        let at = *self.marks.get(mark).unwrap_or_else(|| panic!("the text has a mark {mark}"));
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let position = json!({ "line": before.matches('\n').count(), "character": at - start });
        let document = json!({ "uri": uri(&self.file) });
        self.server.request(method, &json!({ "textDocument": document, "position": position }))
    }

    fn line_up_to(&self, end: &Value) -> String {
        let number = |name: &str| end[name].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap();
        let line = self.text.lines().nth(number("line")).unwrap_or_default();
        line[..number("character")].trim().to_owned()
    }
}

/// The text without its marks, and where they were.
fn unmarked(marked: &str) -> (String, BTreeMap<String, usize>) {
    let (mut text, mut marks) = (String::new(), BTreeMap::new());
    let mut parts = marked.split("/*");
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (mark, rest) = part.split_once("*/").expect("a mark ends with `*/`");
        assert!(
            marks.insert(mark.to_owned(), text.len()).is_none(),
            "the mark {mark} is there twice"
        );
        text.push_str(rest);
    }
    (text, marks)
}

/// A crate outside of the workspace, with the versions of its lock file.
fn write_crate(root: &Path, text: &str) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let core = workspace.join("rama-core");
    fs::create_dir(root.join("src")).unwrap();
    fs::write(root.join("src/lib.rs"), text).unwrap();
    fs::copy(workspace.join("Cargo.lock"), root.join("Cargo.lock")).unwrap();
    fs::write(
        root.join("Cargo.toml"),
        format!(
            "[package]\nname = \"edited\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\nrama-core = {{ path = {core:?} }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n"
        ),
    )
    .unwrap();
}
