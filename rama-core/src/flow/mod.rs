//! What emitted dataflow talks to: ports and segments are declared on a [`Flow`], and a running segment
//! reads, writes, calls and hops through its [`Cx`]. Knows nothing of threads, queues or commits.

mod append;
mod builtin;
mod carry;
mod control;
mod cx;
mod home;
mod op;
mod origin;
mod outbox;
mod parking;
mod program;
mod pulse;
mod random;
mod route;
mod source_options;
mod start_from;
mod state;

pub(crate) use self::source_options::{Fold, Retries, too_long};
pub(crate) use self::{
    append::Appends,
    builtin::Facts,
    control::Deferred,
    cx::{AckReturn, Blame, Failure},
    origin::{Identity, Origin, Place, mix},
    outbox::{Outbox, Parcel},
    parking::{APPENDS_MAX, Changes, FUTURES_MAX, Parking, Waits},
    program::{Program, Reader, Source},
    pulse::Pulse,
};
pub use self::{
    builtin::{ModuleInstanceInfo, TopologyType},
    carry::{Carry, Keep, carry, keep},
    control::{Mark, Rounds, unify},
    cx::{Cx, Outcome},
    home::key_of,
    op::{Caller, Op, Operation, Returns},
    parking::Awaited,
    program::{DepotRef, Flow, PStateRef, Port},
    random::RandomSource,
    route::{NoSuchTask, Route, TaskIndex},
    source_options::{Retry, SourceOptions},
    start_from::StartFrom,
    state::Paging,
};
