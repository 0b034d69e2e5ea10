//! `links FILE…` follows the links of Markdown files, prints those that lead nowhere, and fails when there are some.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]

use links::{LinksModule, Start};
use rama_core::{
    cluster::{Cluster, LaunchConfig},
    prelude::*,
};

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: links FILE…, for example: links README.md");
        return Ok(ExitCode::FAILURE);
    }
    let cluster = Cluster::in_memory();
    let module = cluster.launch(LinksModule, LaunchConfig::new()).await?;
    for file in files {
        module.depot.starts.append(Start { file }).await?;
    }
    let visited = module.pstate.targets.all_partitions().select(path![MAP_KEYS]).await?;
    let broken = module.pstate.broken.all_partitions().select(path![ALL]).await?;
    for (file, reason) in &broken {
        let from = module.pstate.sources.select(path![must(file), ALL]).await?;
        let place = if from.is_empty() {
            "as given".to_owned()
        } else {
            format!("linked from {}", from.join(", "))
        };
        println!("{file}: {reason} ({place})");
    }
    println!("{} files visited, {} of them cannot be read", visited.len(), broken.len());
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
