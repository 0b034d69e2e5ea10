//! The connection between handles and the module instance that runs at the moment.

use std::{
    any::Any,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use super::{Depot, PState, Stream};
use crate::{
    depot::Event,
    engine::{Ending, Engine},
    error::{AppendError, ReadError},
    module::{DepotShared, PStateShared},
    schema::Schema,
};

/// Leads to the running instance of one module. Cheap to clone.
#[derive(Clone)]
pub struct Link {
    module: &'static str,
    engine: Arc<RwLock<Option<Arc<Engine>>>>,
}

impl Link {
    pub(crate) fn new(module: &'static str) -> Self {
        Self { module, engine: Arc::default() }
    }

    /// The handle of a depot. Emitted by the macro, which knows names and types.
    #[must_use]
    pub fn depot<E>(&self, name: &'static str) -> Depot<E> {
        Depot::new(self.clone(), name)
    }

    /// The handle of a PState. Emitted by the macro, which knows names and types.
    #[must_use]
    pub fn pstate<S>(&self, name: &'static str) -> PState<S> {
        PState::new(self.clone(), name)
    }

    /// The handle of a stream topology. Emitted by the macro, which knows names.
    #[must_use]
    pub fn stream(&self, name: &'static str) -> Stream {
        Stream::new(self.clone(), name)
    }

    pub(crate) fn module(&self) -> &'static str {
        self.module
    }

    /// Follows the module to another instance; `None` while none runs.
    pub(crate) fn follow(&self, engine: Option<Arc<Engine>>) {
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    pub(crate) fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why appends are refused when the module takes none.
    pub(crate) fn refusal(&self) -> AppendError {
        let module = self.module;
        match self.engine().and_then(|engine| engine.gate.ending()) {
            Some(Ending::Broken(reason)) => AppendError::Broken { module, reason },
            Some(Ending::Stopped { .. }) | None => AppendError::Stopped { module },
        }
    }

    pub(crate) fn shared_depot<E: Event>(&self, name: &str) -> Result<Arc<DepotShared<E>>, Gone> {
        self.running_depot(name).map(|(_, depot)| depot)
    }

    /// A depot, with the instance that has it.
    pub(crate) fn running_depot<E: Event>(
        &self,
        name: &str,
    ) -> Result<(Arc<Engine>, Arc<DepotShared<E>>), Gone> {
        let engine = self.engine().ok_or(Gone::Stopped)?;
        let depot = typed(engine.shared.depots.get(name))?;
        Ok((engine, depot))
    }

    pub(crate) fn shared_pstate<S: Schema>(
        &self,
        name: &str,
    ) -> Result<Arc<PStateShared<S>>, Gone> {
        let engine = self.engine().ok_or(Gone::Stopped)?;
        typed(engine.shared.pstates.get(name))
    }
}

/// Why a handle leads nowhere.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Gone {
    /// No instance of the module runs.
    Stopped,
    /// The instance that runs declares something else under this name.
    Outdated,
}

impl Gone {
    pub(crate) fn read(self, module: &'static str) -> ReadError {
        match self {
            Self::Stopped => ReadError::Stopped { module },
            Self::Outdated => ReadError::Outdated { module },
        }
    }
}

fn typed<T: Send + Sync + 'static>(
    shared: Option<&Arc<dyn Any + Send + Sync>>,
) -> Result<Arc<T>, Gone> {
    Arc::clone(shared.ok_or(Gone::Outdated)?).downcast().map_err(|_| Gone::Outdated)
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Link({})", self.module)
    }
}
