//! What applications hold: typed handles on the depots and PStates of a running module. They follow the
//! module over restarts and updates.

mod depot;
mod dynamic;
mod link;
mod pstate;

pub use self::{
    depot::{Depot, PartitionInfo},
    link::Link,
    pstate::{AllPartitions, KeyPartition, PState, PStatePath, Partition},
};
