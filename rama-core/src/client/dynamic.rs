//! Reads of PStates by paths that are data, for whoever has no types (RE-05, CL-04): tools, and clients outside of
//! the process. Typed paths become such paths with [`to_json`](crate::path::to_json).

use super::pstate::{AllPartitions, KeyPartition, Opened, PState, Partition};
use crate::{
    dynamic::{Data, DynamicError, Path, SelectPlan, Stored, Subject, Type},
    error::ReadError,
    id::TaskId,
    module::PStateShared,
    partition::KeyHash,
    pstate::{CommittedRows, Home},
    schema::Schema,
};

/// The dynamic reads of a handle: `open` says on which partition, from the planned path.
macro_rules! dynamic_reads {
    ($open:ident: $where:literal) => {
        #[doc = concat!("All values that a path that is data finds ", $where, ".")]
        ///
        /// Values of types that only the program knows are what serde makes of them.
        ///
        /// # Errors
        /// The step that does not fit the schema or the data. When the path has no home here, the schema has keys of
        /// a type that only the program knows, the storage fails, or the module is not running.
        pub async fn select_dynamic(&self, path: &Path) -> Result<Vec<Data>, ReadError> {
            let path = Planned::new::<S>(path)?;
            path.read(&self.$open(&path)?, |plan, rows| plan.select(rows))
        }

        #[doc = concat!("The one value that a path that is data finds ", $where, " (PA-06).")]
        ///
        /// # Errors
        /// As [`Self::select_dynamic`], and when the path finds none or several.
        pub async fn select_one_dynamic(&self, path: &Path) -> Result<Data, ReadError> {
            let path = Planned::new::<S>(path)?;
            path.read(&self.$open(&path)?, |plan, rows| plan.select_one(rows))
        }

        #[doc = concat!("The first value that a path that is data finds ", $where, ", if there is one.")]
        ///
        /// # Errors
        /// As [`Self::select_dynamic`].
        pub async fn select_any_dynamic(&self, path: &Path) -> Result<Option<Data>, ReadError> {
            let path = Planned::new::<S>(path)?;
            path.read(&self.$open(&path)?, |plan, rows| plan.select_any(rows))
        }

        #[doc = concat!("Whether a path that is data finds anything ", $where, ".")]
        ///
        /// # Errors
        /// As [`Self::select_dynamic`].
        pub async fn selected_any_dynamic(&self, path: &Path) -> Result<bool, ReadError> {
            let path = Planned::new::<S>(path)?;
            path.read(&self.$open(&path)?, |plan, rows| plan.selected_any(rows))
        }
    };
}

impl<S: Schema> PState<S> {
    dynamic_reads!(dynamic_home: "in the partition where its leading key, or that of `pkey`, is at home");

    fn dynamic_home(&self, path: &Planned) -> Result<Opened<S>, ReadError> {
        let shared = self.shared()?;
        let task = match path.home(&shared) {
            At::Task(task) => task,
            _ if shared.task_count() == 1 => TaskId(0),
            At::Anywhere => return Err(ReadError::NoHome { pstate: self.name() }),
            At::WhereCodeSays => return Err(ReadError::UnknownHome { pstate: self.name() }),
        };
        Ok(Opened { shared, task, anywhere: false })
    }
}

impl<S: Schema> Partition<S> {
    dynamic_reads!(open_dynamic: "in this partition");

    fn open_dynamic(&self, path: &Planned) -> Result<Opened<S>, ReadError> {
        self.opened(|shared| match path.home(shared) {
            At::Task(home) => Some(home),
            At::Anywhere | At::WhereCodeSays => None,
        })
    }
}

impl<S: Schema> KeyPartition<S> {
    dynamic_reads!(open_dynamic: "in this partition");

    fn open_dynamic(&self, _: &Planned) -> Result<Opened<S>, ReadError> {
        self.opened()
    }
}

impl<S: Schema> AllPartitions<S> {
    /// All values that a path that is data finds, partition by partition; within one in the order of its keys.
    ///
    /// # Errors
    /// As [`PState::select_dynamic`]; the path needs no home.
    pub async fn select_dynamic(&self, path: &Path) -> Result<Vec<Data>, ReadError> {
        let path = Planned::new::<S>(path)?;
        let mut values = Vec::new();
        for opened in self.open_dynamic(&path)? {
            values.extend(path.read(&opened, |plan, rows| plan.select(rows))?);
        }
        Ok(values)
    }

    /// The first value that a path that is data finds, if there is one.
    ///
    /// # Errors
    /// As [`Self::select_dynamic`].
    pub async fn select_any_dynamic(&self, path: &Path) -> Result<Option<Data>, ReadError> {
        let path = Planned::new::<S>(path)?;
        for opened in self.open_dynamic(&path)? {
            if let Some(value) = path.read(&opened, |plan, rows| plan.select_any(rows))? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Whether a path that is data finds anything in any partition.
    ///
    /// # Errors
    /// As [`Self::select_dynamic`].
    pub async fn selected_any_dynamic(&self, path: &Path) -> Result<bool, ReadError> {
        let path = Planned::new::<S>(path)?;
        for opened in self.open_dynamic(&path)? {
            if path.read(&opened, |plan, rows| plan.selected_any(rows))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn open_dynamic(&self, path: &Planned) -> Result<Vec<Opened<S>>, ReadError> {
        self.opened(|shared| match path.home(shared) {
            At::Task(home) => Some(home),
            At::Anywhere | At::WhereCodeSays => None,
        })
    }
}

/// A path, planned against the schema of a PState.
struct Planned {
    plan: SelectPlan,
    schema: Type,
    /// The key that says where the path is at home, where the schema has such keys.
    key: Option<KeyHash>,
}

/// Where a path is at home.
enum At {
    Task(TaskId),
    /// It has no home, or the keys have none.
    Anywhere,
    /// Where a function of the leading key says, which needs the key as a value of the program.
    WhereCodeSays,
}

impl Planned {
    fn new<S: Schema>(path: &Path) -> Result<Self, ReadError> {
        let schema: Type = S::describe().parse()?;
        schema.check_schema()?;
        let plan = path.to_select(&schema)?;
        let key = leading_key(path, &schema)?;
        Ok(Self { plan, schema, key })
    }

    fn home<S>(&self, shared: &PStateShared<S>) -> At {
        match (&shared.home, self.key) {
            (Home::Global, _) => At::Task(TaskId(0)),
            (Home::Hash, Some(key)) => At::Task(key.task(shared.task_count())),
            (Home::Custom(_), Some(_)) => At::WhereCodeSays,
            (Home::Everywhere, _) | (_, None) => At::Anywhere,
        }
    }

    fn read<S, R>(
        &self,
        at: &Opened<S>,
        read: impl FnOnce(&SelectPlan, Subject<'_>) -> Result<R, DynamicError>,
    ) -> Result<R, ReadError> {
        let rows = CommittedRows::new(at.view());
        let stored = Stored::new(&rows, &self.schema);
        Ok(read(&self.plan, Subject::Rows(&stored))?)
    }
}

/// The hash of the key that a path begins with, in a schema whose first keys have homes.
fn leading_key(path: &Path, schema: &Type) -> Result<Option<KeyHash>, DynamicError> {
    let (Some(json), Type::Map(ty, _)) = (path.partition_key(), schema) else { return Ok(None) };
    let encoded = || {
        let mut encoded = Vec::new();
        let key = Data::from_json(json, ty)?;
        ty.encode_key(&key, &mut encoded)?;
        Ok(encoded)
    };
    // A leading key has been planned, so what does not fit can only be that of `pkey`.
    let encoded = encoded().map_err(|misfit: crate::dynamic::Misfit| DynamicError::Path {
        reason: format!("step 1 `pkey`: {misfit}"),
    })?;
    Ok(Some(KeyHash::of_encoded(&encoded)))
}
