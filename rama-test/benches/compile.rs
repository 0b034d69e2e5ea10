//! What a module costs its author while compiling: the time of `cargo check` and `cargo build` of a crate with
//! 30 sources and 200 statements, above that of the same crate with an empty module.
//!
//! `cargo bench -p rama-test --bench compile` writes both crates, compiles what they depend on, and then compiles
//! them in turns, so that other work on the machine meets both alike. Times are medians, in seconds. It works
//! without a network, with the versions of this workspace's lock file.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark measures and prints"
)]

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// What its author waits for at most: the time to check the module above that of an empty one, in seconds.
const LIMIT: f64 = 2.0;

/// Rounds when nothing is said: enough for a median, and a minute or two.
const ROUNDS: usize = 7;

/// Topologies of the module. Each has two depots, two PStates and six sources, and another type as its key.
const TOPOLOGIES: [(&str, &str); 5] = [
    ("user", "i64"),
    ("article", "u64"),
    ("order", "String"),
    ("station", "(u32, u32)"),
    ("device", "[u8; 16]"),
];

/// Types of a topology. `<Name>`, `<name>` and `<Key>` stand for its own.
const TYPES: &str = r#"
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct <Name>Seen { pub id: <Key>, pub title: String, pub amount: u64, pub tags: Vec<String>, pub parent: Option<<Key>> }

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum <Name>Change { Tagged(Vec<String>), Paid { amount: u64 }, Removed }

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct <Name>Changed { pub id: <Key>, pub change: <Name>Change }

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct <Name> { pub title: String, pub amount: u64, pub tags: BTreeSet<String>, pub below: BTreeMap<String, u64>, pub last: Option<u64> }
"#;

/// A topology, one statement or branch on each line: 40 of them.
const TOPOLOGY: &str = r#"
        depot *<name>s_seen: <Name>Seen, hash_by(id);
        depot *<name>s_changed: <Name>Changed, hash_by(id);

        stream <name>s {
            pstate $$<name>s: Map<<Key>, <Name>>;
            pstate $$<name>s_by_word: Map<String, Subindexed<Map<<Key>, u64>>>;

            sources! {
                source(*<name>s_seen) :> <Name>Seen { id, title, amount, tags, .. };
                filter(amount > <EDIT> && !title.is_empty());
                local_select([keypath(id)], $$<name>s) :> before;
                let sum = amount + before.as_ref().map_or(0, |before| before.amount);
                let row = <Name> { title: title.clone(), amount: sum, tags: tags.into_iter().collect(), ..before.unwrap_or_default() };
                local_transform([keypath(id), termval(row)], $$<name>s);
                explode(words(&title)) :> word;
                |hash(word);
                local_transform([keypath(word, id), nil_to_val(0), term(|count| count + sum)], $$<name>s_by_word);

                source(*<name>s_seen) :> <Name>Seen { id, parent, amount, title, .. };
                if let Some(parent) = parent {
                    |hash(parent);
                    local_transform([must(parent), .below, keypath(title), nil_to_val(0), term(|sum| sum + amount)], $$<name>s);
                } else {
                    local_transform([must(id), .amount, term(|sum| sum + amount)], $$<name>s);
                }

                source(*<name>s_changed) :> <Name>Changed { id, change };
                match change {
                    <Name>Change::Tagged(tags) => {
                        explode(tags) :> tag;
                        local_transform([must(id), .tags, NONE_ELEM, termval(tag)], $$<name>s);
                    }
                    <Name>Change::Paid { amount } => {
                        local_transform([must(id), multi_path([.amount, term(|sum| sum + amount)], [.last, termval(Some(amount))])], $$<name>s);
                    }
                    _ => {
                        local_transform([keypath(id), NONE], $$<name>s);
                    }
                }

                source(*<name>s_changed) :> <Name>Changed { id, .. };
                local_select([must(id), .below, MAP_VALS, |amount| *amount > 3], $$<name>s) :> amount;
                local_select([must(id), .tags, ALL], $$<name>s) :> tag;
                |hash(tag);
                local_transform([keypath(tag, id), termval(amount)], $$<name>s_by_word);

                source(*<name>s_seen) :> seen;
                let large = seen.amount > 1000;
                if large && seen.parent.is_some() {
                    let kind = "part".to_owned();
                } else if large {
                    let kind = "whole".to_owned();
                } else {
                    let kind = "small".to_owned();
                }
                |hash(kind);
                local_transform([must(kind), sorted_map_range_to_end(3), MAP_VALS, term(|count| count + 1)], $$<name>s_by_word);

                source(*<name>s_changed) :> changed;
                ack_return(format!("{:?}", changed.id));
            }
        }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let rounds = env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(ROUNDS);
    let (sources, statements) = (lines_with("source(*"), statements());
    assert_eq!((sources, statements), (30, 200), "the module is as large as its page says");
    let crates = Crates::create()?;
    for step in &STEPS {
        crates.run(step, "empty", 0)?;
        crates.run(step, "module", 0)?;
    }
    println!(
        "{sources} sources, {statements} statements; medians of {rounds} rounds, in seconds\n"
    );
    println!("{:<28}{:>8}{:>8}{:>8}{:>8}", "", "empty", "module", "more", "ratio");
    for step in &STEPS {
        let (mut empty, mut module) = (Vec::new(), Vec::new());
        for round in 1..=rounds {
            empty.push(crates.run(step, "empty", round)?);
            module.push(crates.run(step, "module", round)?);
        }
        let (empty, module) = (median(empty), median(module));
        let (more, ratio) = (module - empty, module / empty);
        println!("{:<28}{empty:>8.2}{module:>8.2}{more:>8.2}{ratio:>8.1}", step.name);
        if step.is_limited && more > LIMIT {
            println!("that is more than the {LIMIT} s it may be");
        }
    }
    Ok(())
}

/// What is measured.
struct Step {
    name: &'static str,
    command: &'static str,
    /// With what the compiler kept of the round before, as in an author's next build.
    incremental: bool,
    is_limited: bool,
}

const STEPS: [Step; 4] = [
    Step { name: "check, all of it", command: "check", incremental: false, is_limited: true },
    Step {
        name: "check, one line changed",
        command: "check",
        incremental: true,
        is_limited: false,
    },
    Step { name: "build, all of it", command: "build", incremental: false, is_limited: false },
    Step {
        name: "build, one line changed",
        command: "build",
        incremental: true,
        is_limited: false,
    },
];

/// The crates that are compiled, in a workspace of their own that keeps what they depend on for the next time.
struct Crates {
    root: PathBuf,
}

impl Crates {
    fn create() -> Result<Self, Box<dyn Error>> {
        let crates = Self { root: Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile") };
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let core = workspace.join("rama-core");
        for name in ["empty", "module"] {
            let root = crates.root.join(name);
            fs::create_dir_all(root.join("src"))?;
            fs::write(root.join("src/lib.rs"), "")?;
            fs::write(
                root.join("Cargo.toml"),
                format!(
                    "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                     [dependencies]\nrama-core = {{ path = {core:?} }}\nserde = {{ version = \"1\", features = [\"derive\"] }}\n"
                ),
            )?;
        }
        fs::copy(workspace.join("Cargo.lock"), crates.root.join("Cargo.lock"))?;
        fs::write(
            crates.root.join("Cargo.toml"),
            "[workspace]\nresolver = \"3\"\nmembers = [\"empty\", \"module\"]\n\n\
             [profile.dev]\ndebug = \"line-tables-only\"\n",
        )?;
        Ok(crates)
    }

    /// Compiles one of the crates, in which one line is another than in the round before; how long it took.
    fn run(&self, step: &Step, name: &str, round: usize) -> Result<f64, Box<dyn Error>> {
        let text = if name == "empty" { empty(round) } else { module(round) };
        fs::write(self.root.join(name).join("src/lib.rs"), text)?;
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([step.command, "--quiet", "--offline", "--package", name]);
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", self.root.join("target"));
        cargo.env("CARGO_INCREMENTAL", if step.incremental { "1" } else { "0" });
        let begun = Instant::now();
        let status = cargo.status()?;
        if !status.success() {
            return Err(format!("`cargo {}` of the crate `{name}` failed", step.command).into());
        }
        Ok(begun.elapsed().as_secs_f64())
    }
}

fn empty(round: usize) -> String {
    format!(
        "pub const EDIT: u64 = {round};\nrama_core::prelude::defmodule! {{ pub EmptyModule {{}} }}\n"
    )
}

fn module(round: usize) -> String {
    let mut text = "use std::collections::{BTreeMap, BTreeSet};\nuse rama_core::prelude::*;\n\n\
        fn words(text: &str) -> Vec<String> { text.split(' ').map(str::to_owned).collect() }\n"
        .to_owned();
    text += &for_each_topology(TYPES);
    text += "\ndefmodule! {\n    pub LargeModule {";
    text += &for_each_topology(TOPOLOGY);
    text += "    }\n}\n";
    text.replacen("<EDIT>", &round.to_string(), 1).replace("<EDIT>", "0")
}

fn for_each_topology(template: &str) -> String {
    let texts = TOPOLOGIES.map(|(name, key)| {
        let upper = name[..1].to_uppercase() + &name[1..];
        template.replace("<Name>", &upper).replace("<name>", name).replace("<Key>", key)
    });
    texts.concat()
}

/// Statements of dataflow and branches. A `match` is as many as it has arms.
fn statements() -> usize {
    let text = for_each_topology(TOPOLOGY);
    let inside = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with("depot ") && !line.starts_with("pstate "));
    let heads = ["match ", "stream ", "sources!"];
    inside
        .filter(|line| line.ends_with(';') || line.ends_with('{'))
        .filter(|line| !heads.iter().any(|head| line.starts_with(head)))
        .count()
}

fn lines_with(word: &str) -> usize {
    for_each_topology(TOPOLOGY).matches(word).count()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
