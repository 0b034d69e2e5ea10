//! Modules whose dataflow is written by hand, as the macro would emit it: for what the runtime offers, whatever the
//! language makes of it. Each has one depot of records and one PState of lines, a list for each task.

#![allow(dead_code, reason = "every test program uses some of it")]
#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::sync::Arc;

use rama_core::{
    __private::{Depot, Link, PState, at, key_hash},
    depot::Partitioning,
    error::AppendError,
    flow::{Cx, DepotRef, Flow, Outcome, PStateRef},
    module::{Module, ModuleBuilder},
    prelude::*,
};

/// A record: where it begins, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) from: i64,
    pub(crate) number: i64,
}

pub(crate) type Lines = PStateRef<Vec<String>>;

/// What a module is made of.
pub(crate) struct Parts<'a> {
    pub(crate) flow: &'a mut Flow,
    pub(crate) records: DepotRef<Record>,
    pub(crate) lines: Lines,
}

/// A module with this dataflow.
pub(crate) struct ByHand<F>(pub(crate) F);

impl<F: Fn(Parts<'_>) + Send + Sync + 'static> Module for ByHand<F> {
    type Client = Client;

    fn name(&self) -> &'static str {
        "ByHand"
    }

    fn define(&self, module: &mut ModuleBuilder) {
        let records = module
            .depot("records", Partitioning::hash_by(|record: &Record| key_hash(&record.from)));
        let mut stream = module.stream("stream");
        let lines = stream.pstate("lines");
        self.0(Parts { flow: stream.flow(), records, lines });
    }

    fn client(link: &Link) -> Client {
        Client { records: link.depot("records"), lines: link.pstate("lines") }
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) records: Depot<Record>,
    pub(crate) lines: PState<Vec<String>>,
}

impl Client {
    /// Appends a record at the home of `from`. Tells why it failed.
    pub(crate) async fn append(&self, from: i64, number: i64) -> Result<(), Arc<str>> {
        match self.records.append(Record { from, number }).await {
            Ok(_) => Ok(()),
            Err(AppendError::Failed { reason, .. }) => Err(reason),
            Err(other) => panic!("the record should be processed: {other}"),
        }
    }

    /// The lines of one task, in the order they were written.
    pub(crate) async fn lines(&self, task: u32) -> Vec<String> {
        let lines = self.lines.partition(TaskId(task));
        lines.select_one(path![nil_to_val(Vec::new())]).await.unwrap()
    }

    /// The lines of so many tasks.
    pub(crate) async fn all_lines(&self, tasks: u32) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        for task in 0..tasks {
            all.push(self.lines(task).await);
        }
        all
    }
}

/// Appends a record on which nothing fails.
pub(crate) async fn append(client: &Client, from: i64, number: i64) {
    client.append(from, number).await.unwrap();
}

/// Writes a line on the task that runs.
#[expect(clippy::needless_pass_by_value, reason = "lines are made where they are said")]
pub(crate) fn say(cx: &mut Cx<'_>, lines: Lines, line: impl ToString) -> Outcome {
    let line = line.to_string();
    let path = lines
        .path()
        .nil_to_val(Vec::new())
        .update(|lines: &mut Vec<String>| lines.push(line.clone()));
    cx.local_transform(at(file!(), line!()), path)
}
