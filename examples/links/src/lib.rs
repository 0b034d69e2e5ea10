//! Follows the links of Markdown files from one to the next, and tells which lead nowhere: a loop over tasks that waits
//! for futures.
//!
//! Each file is at home on one task, which reads it once, however many link to it. Reading is a future: while it runs,
//! the task goes on with other files. The append is acknowledged when all that can be reached has been read.

mod markdown;

use std::{collections::BTreeSet, time::Duration};

use rama_core::prelude::*;

pub use markdown::links;

/// A file from which links are followed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Start {
    /// Its path.
    pub file: String,
}

defmodule! {
    /// Links between files.
    pub LinksModule {
        depot *starts: Start, hash_by(|start| start.file.clone());

        stream links {
            /// The files that were visited, with what they link to.
            pstate $$targets: Map<String, Set<String>>;
            /// Why files cannot be read.
            pstate $$broken: Map<String, String>;
            /// Who links to a file.
            pstate $$sources: Map<String, Set<String>>;

            sources! {
                source(*starts) :> Start { file };
                loop (file = file) {
                    |hash(file);
                    local_select([keypath(&file)], $$targets) :> before;
                    filter(before.is_none());
                    local_transform([keypath(&file), termval(BTreeSet::new())], $$targets);
                    await_future(read(file.clone()), timeout: Duration::from_secs(10)) :> text;
                    match text {
                        Ok(text) => {
                            explode(links(&file, &text)) :> target;
                            local_transform([keypath(&file), NONE_ELEM, termval(target)], $$targets);
                            |hash(target);
                            local_transform([keypath(&target), NIL_TO_SET, NONE_ELEM, termval(file)], $$sources);
                            continue_with(target);
                        }
                        Err(reason) => local_transform([keypath(file), termval(reason)], $$broken),
                    }
                }
            }
        }
    }
}

/// The text of a file; there is none in directories, and in files that are not Markdown.
async fn read(file: String) -> std::result::Result<String, String> {
    let text = async {
        let about = tokio::fs::metadata(&file).await?;
        if about.is_dir() || !file.ends_with(".md") {
            return Ok(String::new());
        }
        tokio::fs::read(&file).await.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    text.await.map_err(|error: std::io::Error| error.to_string())
}
