//! The program that is killed: tells what it holds, then appends from many clients until it is stopped.
//!
//! ```text
//! bank live --data DIR --first N --from A,B [--clients C] [--durability D]     look, then append N, N + 1, … until killed
//! bank scenario --data DIR --name NAME [--plan PLAN]                           a fixed piece of a life
//! ```
//! It says on its output what it tries, what was acknowledged, and what it found; the lines are those of `driver::Line`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use faults::{
    bank::{Bank, Transfer},
    disk::Plan,
    scenario::Scenario,
};
use lexopt::{Arg, ValueExt};
use rama_core::{Result, cluster::Durability};

fn main() -> ExitCode {
    let options = match Options::parse() {
        Ok(options) => options,
        Err(error) => return fail(&error.to_string()),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(options.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

struct Options {
    verb: String,
    data: PathBuf,
    first: u64,
    from: Vec<u64>,
    clients: u64,
    durability: Durability,
    name: String,
    plan: Plan,
}

impl Options {
    fn parse() -> std::result::Result<Self, lexopt::Error> {
        let mut options = Self {
            verb: String::new(),
            data: PathBuf::from("data"),
            first: 0,
            from: Vec::new(),
            clients: 8,
            durability: Durability::Sync,
            name: String::new(),
            plan: Plan::default(),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Value(verb) => options.verb = verb.string()?,
                Arg::Long("data") => options.data = parser.value()?.into(),
                Arg::Long("first") => options.first = parser.value()?.parse()?,
                Arg::Long("from") => {
                    let offsets = parser.value()?.string()?;
                    let offsets: std::result::Result<_, _> =
                        offsets.split(',').map(str::parse).collect();
                    options.from =
                        offsets.map_err(|_| lexopt::Error::from("offsets are numbers"))?;
                }
                Arg::Long("clients") => options.clients = parser.value()?.parse()?,
                Arg::Long("durability") => options.durability = parser.value()?.parse()?,
                Arg::Long("name") => options.name = parser.value()?.string()?,
                Arg::Long("plan") => options.plan = parser.value()?.parse()?,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }

    async fn run(self) -> Result<()> {
        let bank = Bank::start(&self.data, &self.plan, self.durability).await?;
        match self.verb.as_str() {
            "scenario" => scenario(bank, &self.name).await,
            _ => self.live(bank).await,
        }
    }

    /// Tells what is new, then appends until it is killed, or until its input ends.
    async fn live(self, bank: Bank) -> Result<()> {
        for (task, from) in (0..).zip(self.from.iter().copied()) {
            for transfer in bank.transfers(task, from).await? {
                if transfer != Transfer::of(transfer.id) {
                    say(&format!("failed {} it is not what was appended", transfer.id));
                }
                say(&format!("found {task} {}", transfer.id));
                say(&format!("seen {} {}", transfer.id, bank.seen(transfer.id).await?));
            }
        }
        for (account, cents) in bank.balances().await? {
            say(&format!("balance {account} {cents}"));
        }
        say("ready");
        let bank = Arc::new(bank);
        let next = Arc::new(AtomicU64::new(self.first));
        for _ in 0..self.clients {
            let (bank, next) = (Arc::clone(&bank), Arc::clone(&next));
            tokio::spawn(async move {
                while append(&bank, next.fetch_add(1, Ordering::Relaxed)).await {}
            });
        }
        let input = || io::copy(&mut io::stdin(), &mut io::sink());
        let _ended = tokio::task::spawn_blocking(input).await;
        bank.cluster.shutdown().await
    }
}

async fn scenario(bank: Bank, name: &str) -> Result<()> {
    let Some(scenario) = Scenario::named(name) else {
        fail("there is no such scenario");
        return Ok(());
    };
    for id in scenario.ids() {
        append(&bank, id).await;
    }
    if scenario.stops() {
        return bank.cluster.shutdown().await;
    }
    bank.cluster.kill().await;
    Ok(())
}

/// Appends a transfer, and tells whether there may be another one.
async fn append(bank: &Bank, id: u64) -> bool {
    say(&format!("try {id}"));
    match bank.append(id).await {
        Ok((task, offset)) => say(&format!("ack {id} {task} {offset}")),
        Err(error) => {
            say(&format!("failed {id} {error}"));
            return false;
        }
    }
    true
}

/// One write per line: what was said is in the pipe when the process is killed behind it.
fn say(line: &str) {
    let written = io::stdout().lock().write_all(format!("{line}\n").as_bytes());
    if written.is_err() {
        // Nobody listens any more.
        std::process::exit(1);
    }
}

fn fail(text: &str) -> ExitCode {
    let _written = writeln!(io::stderr(), "error: {text}");
    ExitCode::FAILURE
}
