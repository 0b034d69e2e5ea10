//! A deployable process: `fn main() -> ExitCode { rama_core::node::main(modules![MyModule]) }`.

mod deadline;
mod options;
mod signals;

use std::{
    future::Future,
    num::NonZeroU32,
    pin::Pin,
    process::{ExitCode, exit},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use self::{
    deadline::Deadline,
    options::{Command, Options},
};
use crate::{
    cluster::{Cluster, LaunchConfig},
    data::{self, DataError, Report},
    error::Result,
    module::Module,
};

/// The exit code of a node whose disk failed while it ran (`EX_IOERR`), so that whoever started it can tell this from a
/// start that is wrong.
const BROKEN: u8 = 74;

/// The modules a node runs. Made by [`modules!`](crate::modules).
#[derive(Default)]
pub struct Modules(Vec<Box<dyn Launch>>);

impl Modules {
    /// No modules yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a module.
    #[must_use]
    pub fn with<M: Module>(mut self, module: M) -> Self {
        self.0.push(Box::new(Once(module)));
        self
    }
}

/// Runs modules until the process is asked to stop (SIGINT or SIGTERM), then stops them gracefully. A second signal, while
/// it stops, ends the process at once, with exit code 130 or 143: as a kill would, so what is durable is there at the next
/// start. A stop that takes longer than it may (`--stop-within`, 30 seconds by default) ends in the same way. When a module
/// cannot go on, usually because its disk failed, the process ends with exit code 74.
///
/// Options: `--data DIR` (default `data`), `--tasks N`, `--threads N`, `--durability D`, `--stop-within SECONDS`,
/// `--skip-locality`, `--help`. The commands `verify`, `backup` and `restore` are for the data of a node that is stopped:
/// those of [`data`].
#[must_use]
pub fn main(modules: Modules) -> ExitCode {
    match Options::parse(std::env::args_os()) {
        Ok(Command::Help) => {
            say(options::HELP);
            ExitCode::SUCCESS
        }
        Ok(Command::Run(options)) => run(modules, &options),
        Ok(Command::Verify { data }) => report(data::verify(data)),
        Ok(Command::Backup { data, to }) => report(data::backup(data, to)),
        Ok(Command::Restore { from, data }) => report(data::restore(from, data)),
        Err(error) => fail(&error.to_string()),
    }
}

fn run(modules: Modules, options: &Options) -> ExitCode {
    let stopping = Arc::new(AtomicBool::new(false));
    let asked = match signals::listen(&stopping) {
        Ok(asked) => asked,
        Err(error) => return fail(&format!("signals cannot be listened to: {error}")),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot be started: {error}")),
    };
    // Lives until nothing is left that a stop could wait for.
    let mut deadline = None;
    let code = runtime.block_on(async {
        let cluster = Cluster::on_disk(&options.data);
        let launched = launch_all(modules, &cluster, options).await;
        if let Err(error) = launched {
            return fail(&error.to_string());
        }
        let (code, failure) = tokio::select! {
            code = asked => (code.unwrap_or(BROKEN.into()), None),
            failure = cluster.failure() => (BROKEN.into(), Some(failure)),
        };
        stopping.store(true, Ordering::Relaxed);
        deadline = stop_within(options.stop_within, code);
        match failure {
            None => say("stopping; a second signal ends it at once"),
            Some((module, ref reason)) => {
                fail(&format!("module {module} cannot go on, start again: {reason}"));
            }
        }
        match (cluster.shutdown().await, failure) {
            (_, Some(_)) => ExitCode::from(BROKEN),
            (Ok(()), None) => ExitCode::SUCCESS,
            (Err(error), None) => fail(&error.to_string()),
        }
    });
    drop(runtime);
    drop(deadline);
    code
}

/// Ends the process with this exit code when it has not stopped in time.
fn stop_within(seconds: NonZeroU32, code: i32) -> Option<Deadline> {
    let bound = Deadline::new(Duration::from_secs(seconds.get().into()), move || {
        fail(&format!(
            "the modules had not stopped after {seconds} s (`--stop-within`), so the process ended: nothing \
             durable is lost, and the next start goes on from there"
        ));
        exit(code);
    });
    // A stop without a bound is better than none; a second signal still ends it.
    if let Err(error) = &bound {
        fail(&format!("the stop has no bound: {error}"));
    }
    bound.ok()
}

async fn launch_all(modules: Modules, cluster: &Cluster, options: &Options) -> Result<()> {
    for module in modules.0 {
        let name = module.launch(cluster, options.launch.clone()).await?;
        say(&format!("module {name} runs, its data is in {}", options.data.display()));
    }
    Ok(())
}

/// Damage fails like an error, so that a script notices it.
fn report(report: std::result::Result<Report, DataError>) -> ExitCode {
    match report {
        Ok(report) if report.is_whole() => {
            say(&report.to_string());
            ExitCode::SUCCESS
        }
        Ok(report) => fail(&report.to_string()),
        Err(error) => fail(&error.to_string()),
    }
}

#[expect(clippy::print_stdout, reason = "a node tells on its terminal what it does")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stderr, reason = "the reason of a failed start belongs on the terminal")]
fn fail(text: &str) -> ExitCode {
    eprintln!("error: {text}");
    ExitCode::FAILURE
}

/// A module of any type, to be launched.
trait Launch {
    fn launch<'a>(
        self: Box<Self>,
        cluster: &'a Cluster,
        config: LaunchConfig,
    ) -> Pin<Box<dyn Future<Output = Result<&'static str>> + 'a>>;
}

struct Once<M>(M);

impl<M: Module> Launch for Once<M> {
    fn launch<'a>(
        self: Box<Self>,
        cluster: &'a Cluster,
        config: LaunchConfig,
    ) -> Pin<Box<dyn Future<Output = Result<&'static str>> + 'a>> {
        Box::pin(async move {
            let name = self.0.name();
            cluster.launch(self.0, config).await?;
            Ok(name)
        })
    }
}
