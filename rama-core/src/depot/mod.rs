//! Depots: append-only, partitioned logs of records (DP-01 to DP-05, DP-20 to DP-22, DP-50 to DP-53).
//!
//! A record arrives in a bounded queue of its partition, is given its offset by the partition's task,
//! and becomes readable when its commit group is durable. Running topologies on records is not done
//! here.

mod appended;
mod batch;
mod block;
mod keys;
mod options;
mod partition;
mod partitioning;
mod queue;
mod reply;
mod tally;
mod view;

pub(crate) use self::{
    appended::{Appended, DepotTarget, encode_record},
    batch::RecordBatch,
    block::{block_key, read_block, write_block},
    keys::{KEY_BYTES_MAX, KeyNote, Keys},
    partition::{DepotPartition, SealedRecords},
    queue::{Append, AppendQueue, NotQueued, QUEUE_RECORDS_MAX},
    reply::{Answer, Reply},
    tally::{FirstError, Tally},
    view::{Bounds, DepotReadError, DepotView},
};
pub use self::{
    options::DepotOptions,
    partitioning::Partitioning,
    reply::{AckLevel, AckReturns},
};

use crate::{clock::Timestamp, codec::Value};

/// What can be a record of a depot: any value that serde can write and read.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a record of a depot",
    label = "records are stored, so they must own their data and be `Clone`, `Send`, `Sync` and serialisable",
    note = "write `#[derive(Clone, Serialize, Deserialize)]` on your type"
)]
pub trait Event: Value {}

#[diagnostic::do_not_recommend]
impl<T: Value> Event for T {}

/// A record that is stored, as it is handed to topologies: when it was appended, and its bytes.
pub(crate) type StoredRecord = (Timestamp, Vec<u8>);
