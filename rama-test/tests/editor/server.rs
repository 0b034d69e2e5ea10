//! rust-analyzer as a child process: messages of the language server protocol on its standard input and output.
//!
//! One request at a time; what the server asks meanwhile is answered with nothing.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

/// How long the server may say nothing: it compiles the macros and what they depend on first.
const SILENCE_MAX: Duration = Duration::from_secs(600);

/// How often a request is repeated that met a change of the text, or of what is known about it.
const TRIES_MAX: usize = 20;

/// The error of a request that such a change has overtaken.
const CONTENT_MODIFIED: i64 = -32801;

/// A server that has read its project.
pub(crate) struct Server {
    child: Child,
    input: ChildStdin,
    output: Receiver<Value>,
    requests: i64,
}

/// The command and its version, when there is one that runs: the `rust-analyzer` of rustup may be a proxy for nothing.
pub(crate) fn installed() -> Result<(String, String), &'static str> {
    let command = env::var("RUST_ANALYZER").unwrap_or_else(|_| "rust-analyzer".to_owned());
    let version = said(&command, &["--version"]);
    let version = version.ok_or("no rust-analyzer runs here; RUST_ANALYZER names one elsewhere")?;
    // It would have rustup download them, which is nothing that a test does.
    let sources = env::var_os("RUST_SRC_PATH").map(PathBuf::from).or_else(|| {
        Some(
            Path::new(&said("rustc", &["--print", "sysroot"])?)
                .join("lib/rustlib/src/rust/library"),
        )
    });
    if !sources.is_some_and(|sources| sources.join("core").is_dir()) {
        return Err("the sources of std are not here; `rustup component add rust-src` brings them");
    }
    Ok((command, version))
}

/// What a program prints.
fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

impl Server {
    /// Starts the server on a folder with a crate, and waits until it has read it.
    pub(crate) fn start(command: &str, folder: &Path, target: &Path) -> Self {
        let mut child = Command::new(command)
            .current_dir(folder)
            // Whatever is missing, it must not be fetched.
            .env("CARGO_NET_OFFLINE", "true")
            .env("RUSTUP_DIST_SERVER", "file:///nowhere")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (send, receive) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        let mut server = Self { child, input, output: receive, requests: 0 };
        server.begin(folder, target);
        server
    }

    fn begin(&mut self, folder: &Path, target: &Path) {
        let params = json!({
            "processId": std::process::id(),
            "rootUri": uri(folder),
            "capabilities": {
                "textDocument": {
                    "completion": { "completionItem": { "snippetSupport": true } },
                    "definition": { "linkSupport": true },
                    "diagnostic": {},
                    "hover": { "contentFormat": ["markdown"] },
                },
                "general": { "positionEncodings": ["utf-8"] },
                "experimental": { "serverStatusNotification": true },
            },
            "initializationOptions": {
                "cachePriming": { "enable": false },
                "cargo": {
                    "extraArgs": ["--offline"],
                    "extraEnv": { "CARGO_TARGET_DIR": target },
                },
                "checkOnSave": false,
            },
        });
        self.request("initialize", &params);
        self.notify("initialized", &json!({}));
        while !is_at_rest(&self.next()) {}
    }

    /// The result of a request.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Value {
        for _ in 0..TRIES_MAX {
            self.requests += 1;
            let id = self.requests;
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
            let answer = self.answer(id);
            let error = &answer["error"];
            if error.is_null() {
                return answer["result"].clone();
            }
            assert_eq!(error["code"], CONTENT_MODIFIED, "{method}: {error}");
        }
        panic!("{method} was overtaken by changes {TRIES_MAX} times");
    }

    pub(crate) fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn answer(&mut self, id: i64) -> Value {
        loop {
            let message = self.next();
            if message["id"] == id && message.get("method").is_none() {
                return message;
            }
        }
    }

    /// The next message. A request of the server is answered: we have no configuration to tell.
    fn next(&mut self) -> Value {
        let message = self.output.recv_timeout(SILENCE_MAX).expect("the server goes on");
        if message.get("method").is_some() && message.get("id").is_some() {
            let id = &message["id"];
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
        message
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has nothing to save.
        self.child.kill().and_then(|()| self.child.wait()).ok();
    }
}

/// Whether the server says that it has read everything.
fn is_at_rest(message: &Value) -> bool {
    let status = &message["params"];
    let found = message["method"] == "experimental/serverStatus" && status["quiescent"] == true;
    // It warns when what std depends on is not at hand.
    assert!(!found || status["health"] != "error", "{status}");
    found
}

/// The next message, until the output ends.
fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(found) = line.strip_prefix("Content-Length: ") {
            length = found.parse().ok();
        }
    }
    let mut body = vec![0; length?];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// A file as the protocol names it.
pub(crate) fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}
