//! The program from outside: what it answers, and with which exit status.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use rama_core::dynamic::{functions, navigators};
use serde_json::{Value as Json, json};

fn pathlab(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pathlab"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that reads no input may have ended before this is written.
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap_or_default();
    child.wait_with_output().unwrap()
}

/// The answers to some lines.
fn answers(arguments: &[&str], input: &str) -> Vec<Json> {
    let output = pathlab(arguments, input);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let out = String::from_utf8(output.stdout).unwrap();
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_operation_has_its_answer() {
    let found = answers(
        &[],
        r#"{"op": "select", "path": [["ALL"]], "data": [1, 2]}
{"op": "select_one", "path": [["FIRST"]]}
{"op": "select_any", "path": [["ALL"]]}
{"op": "select_any", "path": [["STOP"]]}
{"op": "selected_any", "path": [["ALL"], ["pred_gt", 5]]}
{"op": "transform", "path": [["ALL"], ["term", "inc"]]}
{"op": "setval", "path": [["FIRST"]], "value": null}
{"op": "select", "path": []}
"#,
    );
    assert_eq!(
        found,
        [
            json!({"result": [1, 2]}),
            json!({"result": 1}),
            json!({"result": 1}),
            json!({"result": null, "found": false}),
            json!({"result": false}),
            json!({"result": [2, 3]}),
            json!({"result": [null, 3]}),
            json!({"result": [[null, 3]]}),
        ]
    );
}

#[test]
fn bad_lines_are_answered_and_the_next_one_counts() {
    let input = [
        r#"{"op": "select", "path": [], "data": 7}"#,
        "nonsense",
        "",
        "   # a comment",
        r#"{"op": "selekt", "path": []}"#,
        r#"{"op": "select"}"#,
        r#"{"op": "select", "path": [], "dta": 1}"#,
        r#"{"op": "setval", "path": []}"#,
        r#"{"op": "select", "path": [], "value": 1}"#,
        r#"{"op": "select", "path": "ALL"}"#,
        r#"{"op": "select", "path": ["a", ["selected", ["musst", "b"]]]}"#,
        r#"{"op": "transform", "path": [["term", "upper"]]}"#,
        "\u{0}",
        r#"{"op": "select", "path": []}"#,
    ];
    let found = answers(&[], &input.join("\n"));
    let messages: Vec<_> =
        found.iter().map(|answer| answer["error"].as_str().unwrap_or_default()).collect();
    for (index, part) in [
        (1, "this is no request: expected ident"),
        (2, "unknown variant `selekt`, expected one of `select`"),
        (3, "missing field `path`"),
        (4, "unknown field `dta`"),
        (5, "setval needs a \"value\""),
        (6, "only setval takes a \"value\""),
        (7, "a path is a list of steps"),
        (8, "did you mean `must`?"),
        (9, "step 1 `term`: `upper` wants text, and a whole number came"),
        (10, "this is no request"),
    ] {
        assert!(messages[index].contains(part), "{index}: {}", messages[index]);
    }
    assert_eq!(found[8]["step"], json!([2, "path", 1]));
    assert_eq!(found[9]["step"], json!([1]));
    assert_eq!(found[11], json!({"result": [7]}), "what failed changed nothing");
    assert_eq!(found.len(), 12);
}

#[test]
fn bytes_that_are_no_text_are_answered_too() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_pathlab"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"{\"op\": \"\xFF\"}\n{\"op\": \"select\", \"path\": []}")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    let lines: Vec<_> = output.stdout.split(|byte| *byte == b'\n').collect();
    assert!(lines[0].starts_with(b"{\"error\":") && lines[1] == b"{\"result\":[null]}");
    assert!(output.status.success());
}

#[test]
fn a_file_is_read_like_the_input() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("requests");
    std::fs::write(&file, "{\"op\": \"select\", \"path\": [\"a\"], \"data\": {\"a\": 1}}").unwrap();
    assert_eq!(answers(&[file.to_str().unwrap()], ""), [json!({"result": [1]})]);
    let output = pathlab(&["no-such-file"], "");
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("pathlab: no-such-file: "), "{message}");
}

#[test]
fn a_schema_checks_paths_and_data_and_keeps_numbers_whole() {
    let found = answers(
        &["--schema", "Map<u64, { at: i128, visits: u8, log: Subindexed<List<String>> }>"],
        r#"{"op": "setval", "path": [18446744073709551615, "at"], "value": "-170141183460469231731687303715884105728"}
{"op": "select", "path": [["MAP_VALS"], "at"]}
{"op": "transform", "path": [1, "visits", ["nil_to_val", 255], ["term", "inc"]]}
{"op": "setval", "path": [1, "log", ["AFTER_ELEM"]], "value": "hello"}
{"op": "select", "path": ["1"]}
{"op": "select", "path": [1, "log", ["ALL"]]}
{"op": "select", "path": [], "data": {"1": {"visits": 300}}}
{"op": "select", "path": [1, "log", ["ALL"]]}
{"op": "select", "path": [1, "visits"], "data": {"1": {"visits": 3}}}
{"op": "select", "path": [1, "log", ["ALL"]]}
"#,
    );
    assert_eq!(
        found[0]["result"]["18446744073709551615"]["at"],
        "-170141183460469231731687303715884105728"
    );
    assert_eq!(found[1], json!({"result": ["-170141183460469231731687303715884105728"]}));
    let message = found[2]["error"].as_str().unwrap();
    assert!(
        message.contains("step 4 `term`: what is to be written does not fit: 256 is out"),
        "{message}"
    );
    assert_eq!(found[3]["result"]["1"], json!({"log": ["hello"]}));
    assert!(found[4]["error"].as_str().unwrap().contains("a `u64` is expected, and text"));
    assert_eq!(found[5], json!({"result": ["hello"]}));
    assert_eq!(
        found[6],
        json!({"error": "the data: at [\"1\"][\"visits\"]: 300 is out of the range of `u8`, 0 to 255"})
    );
    assert_eq!(found[7], json!({"result": ["hello"]}), "data that does not fit replaces nothing");
    assert_eq!((&found[8], &found[9]), (&json!({"result": [3]}), &json!({"result": []})));
}

#[test]
fn the_listing_shows_every_navigator_with_an_example_that_is_true() {
    let output = pathlab(&["--navigators"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let requests: Vec<_> = lines.iter().filter(|line| line.starts_with("{\"op\"")).collect();
    let results: Vec<Json> = lines
        .iter()
        .filter(|line| line.starts_with("{\"result\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(requests.len(), navigators().count());
    let input: String = requests.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(answers(&[], &input), results);
    for navigator in navigators() {
        assert!(text.contains(&format!("[\"{}\"", navigator.name)), "{}", navigator.name);
    }
    let text = String::from_utf8(pathlab(&["--functions"], "").stdout).unwrap();
    assert_eq!(text.lines().count(), functions().count());
}

#[test]
fn the_help_shows_requests_and_mistakes_exit_with_2() {
    let help = String::from_utf8(pathlab(&["--help"], "").stdout).unwrap();
    assert!(help.contains("\"op\": \"select\"") && help.contains("--schema"), "{help}");
    for arguments in [&["--schema", "Set<u64>"][..], &["--schema", "Map<u64"], &["--nope"]] {
        assert_eq!(pathlab(arguments, "").status.code(), Some(2), "{arguments:?}");
    }
}

/// Each block of the README is requests and answers in turn; behind `json` its schema may stand.
#[test]
fn the_sessions_of_the_readme_are_true() {
    let text = include_str!("../README.md");
    let mut blocks = 0;
    for block in text.split("```json").skip(1) {
        let (head, rest) = block.split_once('\n').unwrap();
        let body = rest.split("```").next().unwrap();
        let arguments: Vec<&str> = match head.trim().strip_prefix("schema ") {
            Some(schema) => vec!["--schema", schema],
            None => vec![],
        };
        let lines: Vec<_> = body.lines().collect();
        let requests: String = lines.iter().step_by(2).map(|line| format!("{line}\n")).collect();
        let output = pathlab(&arguments, &requests);
        let found = String::from_utf8(output.stdout).unwrap();
        let expected: Vec<_> = lines.iter().skip(1).step_by(2).copied().collect();
        assert_eq!(found.lines().collect::<Vec<_>>(), expected);
        blocks += 1;
    }
    assert_eq!(blocks, 2);
}
