//! The `pathlab` program: reads a command line, then requests from a file or from standard input.

use std::{
    fs::File,
    io::{self, BufReader, Write},
    process::ExitCode,
};

use clap::Parser;
use pathlab::{cli::Cli, lab::Lab, listing, session::run};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match answer(&cli) {
        // A reader that has seen enough (`pathlab --navigators | head`) is no error.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            // A closed standard error leaves nobody to tell.
            writeln!(io::stderr(), "pathlab: {error}").unwrap_or_default();
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn answer(cli: &Cli) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if cli.navigators {
        return out.write_all(listing::navigators().as_bytes());
    }
    if cli.functions {
        return out.write_all(listing::functions().as_bytes());
    }
    let mut lab = match &cli.schema {
        None => Lab::plain(),
        Some(schema) => Lab::of(schema.clone()).map_err(io::Error::other)?,
    };
    match &cli.file {
        None => run(io::stdin().lock(), &mut out, &mut lab),
        Some(path) => {
            let file = File::open(path).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?;
            run(BufReader::new(file), &mut out, &mut lab)
        }
    }
}
