//! Links are followed from file to file, each file once.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::path::Path;

use links::{LinksModule, Start};
use rama_core::prelude::*;
use rama_test::{InProcessCluster, LaunchConfig};

fn write(folder: &Path, name: &str, text: &str) -> String {
    let file = folder.join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_can_be_reached_is_read_once_and_what_leads_nowhere_is_told() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let begin =
        write(folder.path(), "begin.md", "[a](sub/a.md) [b](./b.md) [a](sub/a.md#part) [s](sub)");
    let a = write(
        folder.path(),
        "sub/a.md",
        "[back](../begin.md) [gone](gone.md)\n```\n[x](in/code.md)\n```",
    );
    let b = write(folder.path(), "b.md", "[gone](sub/gone.md) [web](https://example.org)");
    let gone = folder.path().join("sub/gone.md").to_str().unwrap().to_owned();
    let sub = folder.path().join("sub").to_str().unwrap().to_owned();

    for tasks in [1, 4] {
        let ipc = InProcessCluster::create().await?;
        let module = ipc.launch(LinksModule, LaunchConfig::new().tasks(tasks)).await?;
        module.depot.starts.append(Start { file: begin.clone() }).await?;
        let targets = &module.pstate.targets;
        let mut visited = targets.all_partitions().select(path![MAP_KEYS]).await?;
        visited.sort();
        let mut expected = vec![begin.clone(), a.clone(), b.clone(), gone.clone(), sub.clone()];
        expected.sort();
        assert_eq!(visited, expected, "acknowledged when all of it is done");
        let broken = module.pstate.broken.all_partitions().select(path![MAP_KEYS]).await?;
        assert_eq!(broken, [gone.as_str()]);
        let mut from = module.pstate.sources.select(path![must(&gone), ALL]).await?;
        from.sort();
        assert_eq!(from, [b.as_str(), a.as_str()]);
    }
    Ok(())
}
