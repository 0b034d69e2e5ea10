//! Writes the programs of a seed as modules, for `tests/programs.rs`.

#[allow(dead_code, unreachable_pub, reason = "the library's files; the test uses the rest")]
#[path = "src/generate/mod.rs"]
mod generate;
#[allow(dead_code, unreachable_pub, reason = "as above")]
#[path = "src/interpret/mod.rs"]
mod interpret;
#[allow(dead_code, unreachable_pub, reason = "as above")]
#[path = "src/print.rs"]
mod print;
#[allow(dead_code, unreachable_pub, reason = "as above")]
#[path = "src/program.rs"]
mod program;
#[allow(dead_code, unreachable_pub, reason = "as above")]
#[path = "src/random.rs"]
mod random;
#[allow(dead_code, unreachable_pub, reason = "as above")]
#[path = "src/settings.rs"]
mod settings;

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    for name in settings::NAMES {
        println!("cargo:rerun-if-env-changed={name}");
    }
    println!("cargo:rerun-if-changed=src");
    let choice = settings::choice(|name| env::var(name).ok());
    let directory = env::var("OUT_DIR").expect("cargo sets it");
    let (mut modules, mut runners) = (String::new(), String::new());
    for program in generate::programs(choice) {
        let number = program.number;
        let file = Path::new(&directory).join(format!("program_{number}.rs"));
        fs::write(&file, print::module(&program)).expect("cargo's own directory can be written");
        let include = format!("include!(concat!(env!(\"OUT_DIR\"), \"/program_{number}.rs\"));");
        writeln!(modules, "mod program_{number} {{ use super::*; {include} }}").expect("a text");
        writeln!(runners, "    runner!({number}, program_{number}),").expect("a text");
    }
    let index = format!(
        "pub(super) const CHOICE: Choice = {choice:?};\n{modules}\
         pub(super) fn runners() -> Vec<Runner> {{ vec![\n{runners}] }}\n"
    );
    fs::write(Path::new(&directory).join("programs.rs"), index).expect("as above");
}
