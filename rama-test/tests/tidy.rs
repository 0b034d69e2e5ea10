//! The rules of the project that no compiler checks: layers of `rama-core` are used from above only, files
//! and functions keep their size, and some things are named in one place only. Each check is also shown
//! what it looks for, so that it cannot go blind.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod source;

use std::{collections::BTreeMap, path::Path};

use source::{Source, sources};

/// Lines of a file without its tests.
const FILE_LINES_MAX: usize = 600;

/// Lines of code between the braces of a function, counted as clippy counts them: without comments and
/// blank lines.
const FUNCTION_LINES_MAX: usize = 70;

/// Uses of a higher layer that are as they should be: file, layer, and why.
const UPWARDS: [(&str, &str, &str); 1] = [(
    "rama-core/src/module/mod.rs",
    "client",
    "the trait of a module says how its typed client is made, and the client reaches what modules share",
)];

fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is a folder of the workspace")
}

/// The folders with code that is shipped.
fn shipped() -> Vec<String> {
    let mut folders: Vec<String> =
        ["rama-macros/src", "rama-core/src", "rama-test/src"].map(str::to_owned).into();
    for example in std::fs::read_dir(workspace().join("examples")).unwrap() {
        let example = example.unwrap().file_name().into_string().unwrap();
        folders.push(format!("examples/{example}/src"));
    }
    folders
}

fn check(sources: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(sources.len() > 5, "the files are found");
    let findings: Vec<String> = sources.iter().flat_map(rule).collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}

#[test]
fn every_file_says_first_what_it_is() {
    let mut folders = shipped();
    folders.push("rama-test/tests".to_owned());
    check(&sources(workspace(), &folders), says_what_it_is);
    assert_eq!(
        says_what_it_is(&Source::new("a.rs", "// no\nfn f() {}\n")),
        ["a.rs: open it with `//!`"]
    );
}

fn says_what_it_is(source: &Source) -> Vec<String> {
    if source.text.starts_with("//! ") {
        return Vec::new();
    }
    vec![format!("{}: open it with `//!`", source.path)]
}

#[test]
fn files_are_short() {
    check(&sources(workspace(), &shipped()), is_short);
    let long = "fn f() {}\n".repeat(601);
    assert_eq!(
        is_short(&Source::new("a.rs", &long)),
        ["a.rs: 601 lines without tests: split it by noun"]
    );
    let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert!(is_short(&Source::new("a.rs", &tested)).is_empty(), "tests do not count");
}

fn is_short(source: &Source) -> Vec<String> {
    let lines = source.code.lines().count();
    if lines <= FILE_LINES_MAX {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines without tests: split it by noun", source.path)]
}

#[test]
fn functions_are_short() {
    check(&sources(workspace(), &shipped()), has_short_functions);
    let function = |calls: usize| {
        let body = "    call();\n\n    // a comment\n".repeat(calls);
        Source::new(
            "a.rs",
            &format!("\nfn f(a: [u8; 2]) -> u8\nwhere\n    u8: Copy,\n{{\n{body}}}\n"),
        )
    };
    assert_eq!(has_short_functions(&function(71)), ["a.rs:2: `f` has 71 lines"]);
    assert!(has_short_functions(&function(70)).is_empty());
    let bodiless = format!("trait T {{\n    fn g();\n{}}}\n", "    fn h() {}\n".repeat(80));
    assert!(has_short_functions(&Source::new("a.rs", &bodiless)).is_empty());
}

fn has_short_functions(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for (offset, _) in source.code.match_indices("fn ") {
        let (before, rest) = source.code.split_at(offset);
        let name: String =
            rest[3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') || name.is_empty() {
            continue;
        }
        let lines = body(rest).lines().skip(1).filter(|line| !line.trim().is_empty()).count();
        if lines > FUNCTION_LINES_MAX {
            findings.push(format!(
                "{}:{}: `{name}` has {lines} lines",
                source.path,
                source.line_at(offset)
            ));
        }
    }
    findings
}

/// From the opening to the closing brace, or nothing where there is no body.
fn body(rest: &str) -> &str {
    let (mut start, mut braces, mut brackets) = (0, 0, 0);
    for (at, symbol) in rest.char_indices() {
        match symbol {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            '{' if braces == 0 => (start, braces) = (at, 1),
            '{' => braces += 1,
            '}' if braces == 1 => return &rest[start..at],
            '}' => braces -= 1,
            ';' if braces == 0 && brackets == 0 => return "",
            _ => {}
        }
    }
    ""
}

#[test]
fn nothing_is_left_to_do_in_a_comment() {
    let mut folders = shipped();
    folders.push("rama-test/tests".to_owned());
    check(&sources(workspace(), &folders), is_done);
    let undone = concat!("// TO", "DO: all of it\n// FIX", "ME\n");
    assert_eq!(is_done(&Source::new("a.rs", undone)).len(), 2);
}

fn is_done(source: &Source) -> Vec<String> {
    let undone = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let lines = (1..).zip(source.text.lines());
    let found = lines.filter(|(_, line)| undone.iter().any(|word| line.contains(word)));
    found.map(|(number, line)| format!("{}:{number}: {}", source.path, line.trim())).collect()
}

#[test]
fn errors_are_not_unwrapped() {
    check(&sources(workspace(), &shipped()), |source| source.places(".unwrap()"));
    let text = "// .unwrap()\nfn f() {\n    g(\".unwrap()\").unwrap();\n}\n#[cfg(test)]\nmod tests {\n  .unwrap()";
    assert_eq!(Source::new("a.rs", text).places(".unwrap()"), ["a.rs:3"], "in code, not elsewhere");
    let literals = "const A: [&str; 3] = [r#\".unwrap()\"#, \"\\\".unwrap()\", \"\"]; const B: char = '\"';\nx.unwrap()";
    assert_eq!(Source::new("a.rs", literals).places(".unwrap()"), ["a.rs:2"]);
}

/// What only some files may name, and which they are.
const NAMED_IN_ONE_PLACE: [(&str, &str); 3] = [
    ("redb::", "rama-core/src/store/"),
    ("SystemTime", "rama-core/src/clock.rs"),
    ("Instant::now", "rama-core/src/clock.rs"),
];

#[test]
fn the_store_and_the_time_are_named_in_one_place() {
    let sources = sources(workspace(), &shipped());
    check(&sources, names_only_its_own);
    for (word, place) in &NAMED_IN_ONE_PLACE[..2] {
        let found =
            sources.iter().any(|one| one.path.starts_with(place) && one.code.contains(word));
        assert!(found, "`{word}` is named in {place}");
        assert_eq!(names_only_its_own(&Source::new("rama-core/src/a.rs", word)).len(), 1);
    }
}

fn names_only_its_own(source: &Source) -> Vec<String> {
    let foreign = NAMED_IN_ONE_PLACE.iter().filter(|(_, place)| !source.path.starts_with(place));
    foreign.flat_map(|(word, _)| source.places(word)).collect()
}

#[test]
fn layers_of_the_core_use_only_lower_ones() {
    let sources = sources(workspace(), &["rama-core/src".to_owned()]);
    let layers = layers(&sources);
    assert!(layers.contains_key("id") && layers["id"] < layers["node"], "{layers:?}");
    let is_known = |finding: &Upward| {
        UPWARDS.iter().any(|(file, layer, _)| finding.file == *file && finding.uses == *layer)
    };
    let upward = |source: &Source| upward(source, &layers);
    check(&sources, |source| {
        let unknown = upward(source).into_iter().filter(|finding| !is_known(finding));
        unknown
            .map(|Upward { file, line, uses }| {
                format!("{file}:{line}: uses `{uses}`, a higher layer")
            })
            .collect()
    });
    for (file, layer, why) in UPWARDS {
        let source = sources.iter().find(|source| source.path == file);
        let needed =
            source.is_some_and(|source| upward(source).iter().any(|one| one.uses == layer));
        assert!(needed, "{file} does not use `{layer}` any more ({why}): take it off the list");
    }
}

#[test]
fn uses_of_higher_layers_are_noticed_in_every_spelling() {
    let layers = BTreeMap::from(
        [("id", 0), ("path", 1), ("node", 2)].map(|(name, at)| (name.to_owned(), at)),
    );
    let text = "use crate::{id::TaskId, path::{node::Walk, rows}, node::{Options, id}};\n\
                fn f() { crate::node::main() }\n// crate::node\nuse crate::id::node;\n";
    let found = upward(&Source::new("rama-core/src/path/mod.rs", text), &layers);
    let lines: Vec<_> = found.iter().map(|one| (one.line, one.uses.as_str())).collect();
    assert_eq!(lines, [(1, "node"), (2, "node")]);
    assert!(upward(&Source::new("rama-core/src/node/mod.rs", text), &layers).is_empty());
}

/// A use of a higher layer.
struct Upward {
    file: String,
    line: usize,
    uses: String,
}

/// The layers, numbered in the order of their `mod` lines.
fn layers(sources: &[Source]) -> BTreeMap<String, usize> {
    let root = sources.iter().find(|source| source.path == "rama-core/src/lib.rs").unwrap();
    let declared = root.code.lines().filter_map(|line| {
        let name = line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?;
        Some(name.strip_suffix(';')?.trim_start_matches('_').to_owned())
    });
    declared.zip(0..).collect()
}

fn upward(source: &Source, layers: &BTreeMap<String, usize>) -> Vec<Upward> {
    let inside = source.path.trim_start_matches("rama-core/src/");
    let layer = inside.split(['/', '.']).next().unwrap_or_default();
    // The root itself stands above all layers.
    let Some(own) = layers.get(layer) else { return Vec::new() };
    let mut found = Vec::new();
    for (offset, word) in source.code.match_indices("crate::") {
        if source.code[..offset].ends_with('$') {
            continue;
        }
        for uses in first_names(&source.code[offset + word.len()..]) {
            if layers.get(uses).is_some_and(|used| used > own) {
                let (file, line) = (source.path.clone(), source.line_at(offset));
                found.push(Upward { file, line, uses: uses.to_owned() });
            }
        }
    }
    found
}

/// The first names behind `crate::`: one, or those in braces.
fn first_names(rest: &str) -> Vec<&str> {
    let Some(group) = rest.strip_prefix('{') else { return vec![first_word(rest)] };
    let mut names = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, symbol) in group.char_indices() {
        match symbol {
            '{' => depth += 1,
            '}' if depth == 0 => {
                names.push(first_word(&group[start..at]));
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(first_word(&group[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    names
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}
