//! Where the appends of a client go: the partitions of one depot in the instance of its module that runs at the moment.

use std::sync::Arc;

use super::{Depot, depot::Waits, link::Gone};
use crate::{
    depot::{AckLevel, Append, Event, NotQueued, Reply, encode_record},
    engine::Engine,
    error::AppendError,
    module::{DepotDoor, DepotShared},
};

/// Looked up once for an append, or for several that are queued together.
pub(super) struct Target<'a, E> {
    pub(super) client: &'a Depot<E>,
    engine: Arc<Engine>,
    depot: Arc<DepotShared<E>>,
}

impl<'a, E: Event> Target<'a, E> {
    pub(super) fn of(client: &'a Depot<E>) -> Result<Self, AppendError> {
        let Depot { link, name, .. } = client;
        let (engine, depot) = link.running_depot(name).map_err(|gone| match gone {
            Gone::Stopped => link.refusal(),
            Gone::Outdated => AppendError::Outdated { module: link.module() },
        })?;
        let target = Self { client, engine, depot };
        if target.is_full() { Err(target.disk_full()) } else { Ok(target) }
    }

    pub(super) fn doors(&self) -> &[Arc<DepotDoor<E>>] {
        &self.depot.partitions
    }

    /// The number of the door through which a record goes.
    pub(super) fn place(&self, record: &E, key: Option<&[u8]>) -> Result<usize, AppendError> {
        let tasks = u32::try_from(self.doors().len()).expect("tasks are counted in u32");
        let place = match key {
            Some(key) => self.depot.partitioning.place_keyed(record, key, tasks),
            None => self.depot.partitioning.place(record, tasks),
        };
        place.map(|task| task.0 as usize).ok_or(AppendError::Disallowed { depot: self.client.name })
    }

    /// Everything that an append needs: the door, what is queued there, and where its answer comes.
    pub(super) fn prepare(
        &self,
        record: E,
        key: Option<&[u8]>,
        level: AckLevel,
    ) -> Result<(&DepotDoor<E>, Append<E>, Waits), AppendError> {
        let place = self.place(&record, key)?;
        let mut encoded = Vec::new();
        self.encode(&record, &mut encoded)?;
        let (reply, waits) = match level {
            AckLevel::None => (None, None),
            AckLevel::Ack | AckLevel::AppendAck => {
                let (reply, answer) = Reply::to_client(level);
                (Some(reply), Some(answer))
            }
        };
        let append = Append { record, encoded: encoded.into(), key: key.map(Into::into), reply };
        Ok((&self.doors()[place], append, waits))
    }

    /// Encodes a record in place of what `out` holds.
    pub(super) fn encode(&self, record: &E, out: &mut Vec<u8>) -> Result<(), AppendError> {
        let depot = self.client.name;
        encode_record(record, out).map_err(|reason| AppendError::Encode { depot, reason })
    }

    /// Whether appends are refused, because the disk is full.
    pub(super) fn is_full(&self) -> bool {
        self.engine.space.is_full()
    }

    /// Wakes the task behind a door when its queue was empty, and says why something was not queued.
    pub(super) fn entered(
        &self,
        door: &DepotDoor<E>,
        queued: &Result<bool, NotQueued>,
    ) -> Result<(), AppendError> {
        match queued {
            Ok(was_empty) => {
                if *was_empty {
                    door.wake.raise();
                }
                Ok(())
            }
            Err(NotQueued::Full) => Err(AppendError::Full { depot: self.client.name }),
            Err(NotQueued::Refused) => Err(self.disk_full()),
            Err(NotQueued::Closed) => Err(self.client.link.refusal()),
        }
    }

    fn disk_full(&self) -> AppendError {
        AppendError::DiskFull { module: self.client.link.module() }
    }
}
