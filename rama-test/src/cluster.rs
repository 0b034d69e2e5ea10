//! The in-process cluster.

use std::{path::PathBuf, sync::Arc};

use rama_core::{
    Result,
    clock::Clock,
    cluster::{Cluster, LaunchConfig, Status},
    disk::Disk,
    error::LaunchError,
    module::Module,
};

/// A cluster for a test. Modules that run in it fail every event that reads or writes a key away from
/// its home.
#[derive(Debug)]
pub struct InProcessCluster {
    cluster: Cluster,
}

impl InProcessCluster {
    /// A cluster whose data is in memory, and survives restarts of modules within it.
    ///
    /// # Errors
    /// None at this stage: a cluster without modules needs nothing.
    #[expect(
        clippy::unused_async,
        reason = "creating a cluster may wait once it has several nodes"
    )]
    pub async fn create() -> Result<Self> {
        Ok(Self { cluster: Cluster::in_memory() })
    }

    /// A cluster whose data is in files under `directory`, and outlives it.
    ///
    /// # Errors
    /// None at this stage: directories are made when modules are launched.
    #[expect(
        clippy::unused_async,
        reason = "creating a cluster may wait once it has several nodes"
    )]
    pub async fn create_on_disk(directory: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self { cluster: Cluster::on_disk(directory) })
    }

    /// A cluster on disks of the test's own, asked for by module name at each start: for faults.
    ///
    /// # Errors
    /// None at this stage: disks are asked for when modules are launched.
    #[expect(
        clippy::unused_async,
        reason = "creating a cluster may wait once it has several nodes"
    )]
    pub async fn create_on_disks(
        disk: impl Fn(&'static str) -> Result<Arc<dyn Disk>, LaunchError> + Send + Sync + 'static,
    ) -> Result<Self> {
        Ok(Self { cluster: Cluster::on_disks(disk) })
    }

    /// Uses another clock for modules launched from now on.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.cluster = self.cluster.with_clock(clock);
        self
    }

    /// Starts a module and gives its typed client (TE-02).
    ///
    /// # Errors
    /// As [`Cluster::launch`].
    pub async fn launch<M: Module>(&self, module: M, config: LaunchConfig) -> Result<M::Client> {
        self.cluster.launch(module, config.check_locality(true)).await
    }

    /// Restarts a module, or replaces it by a new version, on the data it has (TE-03). Clients follow.
    ///
    /// # Errors
    /// As [`Cluster::update`].
    pub async fn update<M: Module>(&self, module: M) -> Result<M::Client> {
        self.cluster.update(module).await
    }

    /// How a module is; `None` when it was never launched here.
    pub async fn status(&self, module: &str) -> Option<Status> {
        self.cluster.status(module).await
    }

    /// Stops all modules gracefully. Dropping the cluster instead stops them at once, as a crash would.
    ///
    /// # Errors
    /// When a module could not make its last work durable.
    pub async fn shutdown(&self) -> Result<()> {
        self.cluster.shutdown().await
    }
}
