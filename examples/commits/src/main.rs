//! The `commits` program: reads a command line, imports or looks up, and prints the figures.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use commits::{
    cli::{Cli, Job, Options},
    git::Repository,
    import::{Origin, import},
    kept::Kept,
    log::plain::PlainLog,
    place::DataPlace,
    progress::Progress,
    report::{Page, json, unknown},
};

/// Any error ends the program with its message.
type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> ExitCode {
    let (job, options) = Cli::parse().job().unwrap_or_else(|error| error.exit());
    let outcome = run(&job, &options).await.and_then(|text| print(&text));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error leaves nobody to tell.
            writeln!(io::stderr(), "commits: {error}").unwrap_or_default();
            ExitCode::FAILURE
        }
    }
}

async fn run(job: &Job, options: &Options) -> Result<String, Failure> {
    let place = DataPlace::of(job, options)?;
    if matches!(job, Job::Author(_) | Job::File(_)) {
        place.must_hold_figures()?;
    }
    let kept = Kept::open(&place, options).await?;
    let text = answer(&kept, job, options).await;
    kept.close().await?;
    text
}

async fn answer(kept: &Kept, job: &Job, options: &Options) -> Result<String, Failure> {
    let page = Page::from_columns(std::env::var("COLUMNS").ok().as_deref());
    let (client, top) = (kept.client(), options.rows());
    match job {
        Job::Author(name) => {
            let Some(figures) = client.author(name, top).await? else {
                let names = client.author_names().await?;
                return Err(unknown("author", name, names.iter().map(String::as_str)).into());
            };
            if options.json { Ok(json(&figures)?) } else { Ok(page.author(&figures)) }
        }
        Job::File(path) => {
            let Some(figures) = client.file(path, top).await? else {
                let paths = client.file_paths().await?;
                return Err(unknown("file", path, paths.iter().map(String::as_str)).into());
            };
            if options.json { Ok(json(&figures)?) } else { Ok(page.file(&figures)) }
        }
        Job::ImportRepository | Job::ImportStdin => {
            let imported = if *job == Job::ImportStdin {
                let log = PlainLog::new(io::stdin().lock());
                let progress = Progress::start(None, options.json);
                import(kept, log, Origin::StandardInput, progress).await?
            } else {
                let history = Repository::open(&options.repo)?.history()?;
                let progress = Progress::start(Some(history.total()), options.json);
                import(kept, history, Origin::Repository, progress).await?
            };
            let mut figures = client.overview(top).await?;
            figures.import = Some(imported);
            if options.json { Ok(json(&figures)?) } else { Ok(page.overview(&figures)) }
        }
    }
}

/// Prints the text; a reader that has seen enough (`commits | head`) is no error.
fn print(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
