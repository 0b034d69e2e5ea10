//! What applications hold: typed handles on the depots and PStates of a running module. They follow the
//! module over restarts and updates.

mod bulk;
mod depot;
mod dynamic;
mod link;
mod pstate;
mod records;
mod stream;
mod target;

pub use self::{
    depot::Depot,
    link::Link,
    pstate::{AllPartitions, KeyPartition, PState, PStatePath, Partition},
    records::{DepotInfo, DepotPage, DepotRecord, PartitionInfo},
    stream::{DeadLetter, Replayed, Stream},
};
