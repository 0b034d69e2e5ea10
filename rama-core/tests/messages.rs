//! `docs/MESSAGES.md` has every message of the macros, made from the compile-fail cases in `ui` and what the
//! compiler said to them. Nothing is compiled here; `ui.rs` does that.
//!
//! `UPDATE_EXPECT=1` writes the page.
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

/// Folders of cases, in the order of the page. The first five are the language of modules.
const FOLDERS: [(&str, &str); 12] = [
    ("module", "Modules"),
    ("depot", "Depots"),
    ("pstate", "PStates"),
    ("source", "Sources"),
    ("flow", "Dataflow"),
    ("control", "Loops and branches"),
    ("wait", "Waiting"),
    ("op", "Operations"),
    ("locality", "Homes"),
    ("path", "Paths"),
    ("portable", "Paths as data"),
    ("derive", "Derives"),
];

/// Cases that the language of modules has at least.
const LANGUAGE_CASES_MIN: usize = 150;

/// What the compiler itself says without the code of an error; all else without one is ours.
const COMPILER: [&str; 4] = [
    "expected type, found",
    "future cannot be sent between threads safely",
    "implementation of `",
    "macro expansion ends with",
];

const INTRODUCTION: &str = "\
# Messages

What the macros say to a mistake, and what to do about it. Each message is from a case that is compiled in a test,
and the line that it points at leads to that case. Search for the words between the quoted names: `names`
in a message are those of its case, and yours will be others.
";

const OF_THE_COMPILER: &str = "
## From the compiler itself

A mistake in plain Rust gets Rust's own message, at your own words.

";

#[derive(PartialEq)]
enum By {
    Macros,
    /// The compiler, about a trait of ours that says how to put it.
    Traits,
    Compiler,
}

struct Message {
    by: By,
    text: String,
    help: String,
    /// What it points at, and where that is in `ui`.
    place: String,
}

#[test]
fn the_page_has_every_message() {
    let wordings = wordings();
    let (mut page, mut compiler) = (INTRODUCTION.to_owned(), Section::new());
    let mut sections = String::new();
    for (folder, title) in FOLDERS {
        let (mut section, cases) = (Section::new(), cases(folder));
        for case in &cases {
            for Message { by, text, help, place } in messages(folder, case, &wordings) {
                let section = if by == By::Compiler { &mut compiler } else { &mut section };
                section.entry((text, help)).or_default().insert(place);
            }
        }
        let anchor = title.to_lowercase().replace(' ', "-");
        page += &format!("\n- [{title}](#{anchor}), {} cases", cases.len());
        sections += &format!("\n## {title}\n\n{}", rendered(section));
    }
    page += &format!("\n{sections}{OF_THE_COMPILER}{}", rendered(compiler));
    compare(&root().join("../docs/MESSAGES.md"), &page);
}

#[test]
fn the_language_has_a_case_for_each_mistake() {
    let counts: Vec<_> = FOLDERS.map(|(folder, _)| (folder, cases(folder).len())).into();
    let language: usize = counts[..9].iter().map(|(_, count)| count).sum();
    assert!(language >= LANGUAGE_CASES_MIN, "{counts:?}");
    for folder in names(&root().join("tests/ui")) {
        let is_known = FOLDERS.iter().any(|(known, _)| *known == folder);
        assert_eq!(is_known, !cases(&folder).is_empty(), "say in `FOLDERS` where {folder} belongs");
    }
}

#[test]
fn every_message_of_the_macros_helps() {
    let wordings = wordings();
    for (folder, _) in FOLDERS {
        let programs = names(&root().join("tests/ui").join(folder));
        let programs = programs.iter().filter_map(|name| name.strip_suffix(".rs"));
        assert!(programs.eq(cases(folder)), "each program in {folder} has its messages beside it");
        for case in cases(folder) {
            let found = messages(folder, &case, &wordings);
            assert!(!found.is_empty(), "{folder}/{case}: no message");
            for Message { by, text, help, .. } in found {
                assert!(by != By::Macros || !help.is_empty(), "{folder}/{case}: no help: {text}");
            }
        }
    }
}

/// Entries of the page: a message and its help, with the places.
type Section = BTreeMap<(String, String), BTreeSet<String>>;

fn rendered(section: Section) -> String {
    let mut entries: Vec<_> = section.into_iter().collect();
    entries.sort_by_key(|((text, _), _)| text.trim_start_matches('`').to_lowercase());
    let lines = entries.into_iter().map(|((text, help), places)| {
        let help = if help.is_empty() { help } else { format!(": {help}") };
        let places: Vec<_> = places.into_iter().collect();
        format!("- **{text}**{help}\\\n  {}\n", places.join(",\n  "))
    });
    lines.collect()
}

/// The messages of a case, in their order.
fn messages(folder: &str, case: &str, wordings: &[String]) -> Vec<Message> {
    let file = format!("tests/ui/{folder}/{case}.rs");
    let source = fs::read_to_string(root().join(&file)).unwrap();
    let said = fs::read_to_string(root().join(&file).with_extension("stderr")).unwrap();
    let said = format!("\n{said}");
    let blocks = said.split("\nerror").skip(1);
    blocks.map(|block| message(block, &file, &source, wordings)).collect()
}

/// Reads what follows the word `error` of one message.
fn message(block: &str, file: &str, source: &str, wordings: &[String]) -> Message {
    let (head, body) = block.split_once(": ").unwrap();
    let lines: Vec<_> = body.lines().collect();
    let at = lines.iter().position(|line| line.trim_start().starts_with("--> ")).unwrap();
    let text = without_closures(lines[0]);
    let (place, label) = place(&lines[at..], file, source);
    let notes = lines.iter().filter_map(|line| line.trim_start().strip_prefix("= note: "));
    let is_worded = |text: &str| wordings.iter().any(|wording| fits(wording, text));
    let (by, help) = if is_worded(&text) {
        let notes = notes.filter(|note| is_worded(note));
        (By::Traits, label.into_iter().chain(notes).collect::<Vec<_>>().join("\\\n  "))
    } else if head.is_empty() && !COMPILER.iter().any(|words| text.starts_with(words)) {
        let helps = lines[1..at].iter().filter_map(|line| line.trim_start().strip_prefix("help: "));
        (By::Macros, helps.collect::<Vec<_>>().join("; "))
    } else {
        let label = label.filter(|label| *label != text);
        (By::Compiler, label.unwrap_or_default().to_owned())
    };
    Message { by, text, help, place }
}

/// What a message points at, as a link, and what stands beside it there.
fn place<'a>(lines: &[&'a str], file: &str, source: &str) -> (String, Option<&'a str>) {
    let place = lines[0].trim_start().strip_prefix("--> ").unwrap();
    let inside = place.strip_prefix(file).unwrap_or_else(|| panic!("{place} is not in {file}"));
    let numbers: Vec<usize> =
        inside.trim_start_matches(':').split(':').map(|number| number.parse().unwrap()).collect();
    let line = source.lines().nth(numbers[0] - 1).unwrap();
    // Other marks may cover the first carets, so only their end is certain.
    let below =
        lines.iter().find_map(|line| Some(line.split_once("| ")?.1).filter(|it| it.contains('^')));
    let (before, label) = below.unwrap().rsplit_once('^').unwrap();
    let start = numbers[1] - 1;
    let words: String = line.chars().take(before.len() + 1).skip(start).collect();
    let link = format!("[`{}`](../rama-core/{file})", line.trim());
    let is_part = !words.trim().is_empty() && words.trim() != line.trim();
    let link = if is_part { format!("`{}` in {link}", words.trim()) } else { link };
    (link, Some(label.trim()).filter(|label| label.chars().any(char::is_alphabetic)))
}

/// The type of a closure is written with the place of the closure, which says nothing here.
fn without_closures(text: &str) -> String {
    let mut parts = text.split("{closure@");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + "{closure" + &part[part.find('}').unwrap()..])
}

/// What the traits of the crate say, with notes, where a type does not implement them.
fn wordings() -> Vec<String> {
    let texts = sources(&root().join("src"));
    let attributes =
        texts.iter().flat_map(|text| text.split("diagnostic::on_unimplemented(").skip(1));
    let attributes = attributes.map(|rest| rest.split_once("\n)]").unwrap().0);
    let found =
        attributes.flat_map(|text| [literals(text, "message = \""), literals(text, "note = \"")]);
    found.flatten().collect()
}

/// The literals behind a word, each on one line.
fn literals(text: &str, word: &str) -> Vec<String> {
    let found = text.split(word).skip(1).map(|rest| rest.split_once('"').unwrap().0);
    found.map(|text| text.split("\\\n").map(str::trim_start).collect()).collect()
}

/// Whether this is a wording with something in the place of each `{…}`.
fn fits(wording: &str, text: &str) -> bool {
    let mut parts = wording.split('{').map(|part| part.split_once('}').map_or(part, |it| it.1));
    let rest = text.strip_prefix(parts.next().unwrap());
    let rest = parts.try_fold(rest, |rest, part| {
        let rest = rest?;
        let at = if part.is_empty() { rest.len() } else { rest.rfind(part)? };
        Some(Some(&rest[at + part.len()..]))
    });
    rest.flatten().is_some_and(str::is_empty)
}

fn compare(file: &Path, page: &str) {
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(file, page).unwrap();
    }
    let written = fs::read_to_string(file).unwrap_or_default();
    let lines = page.lines().zip(written.lines().chain([""]));
    let other = lines.clone().find(|(new, old)| new != old).or(lines.last());
    assert!(
        page == written,
        "docs/MESSAGES.md does not fit the cases; UPDATE_EXPECT=1 writes it: {other:#?}"
    );
}

/// The cases of a folder that fail, by their names.
fn cases(folder: &str) -> Vec<String> {
    let names = names(&root().join("tests/ui").join(folder));
    names.iter().filter_map(|name| Some(name.strip_suffix(".stderr")?.to_owned())).collect()
}

/// The names in a folder, in order.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The texts of all files under a folder.
fn sources(folder: &Path) -> Vec<String> {
    let paths = names(folder).into_iter().map(|name| folder.join(name));
    let texts = paths.map(|path| match path.is_dir() {
        true => sources(&path),
        false => vec![fs::read_to_string(path).unwrap()],
    });
    texts.flatten().collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
