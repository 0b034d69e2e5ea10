//! What emitted dataflow talks to: ports and segments are declared on a [`Flow`], and a running segment
//! reads, writes, calls and hops through its [`Cx`]. Knows nothing of threads, queues or commits.

mod builtin;
mod carry;
mod control;
mod cx;
mod home;
mod op;
mod origin;
mod outbox;
mod program;
mod random;
mod route;
mod state;

pub(crate) use self::{
    builtin::Facts,
    control::Deferred,
    cx::{AckReturn, Failure, panic_message},
    origin::{Identity, Origin},
    outbox::{Outbox, Parcel},
    program::{Program, Source},
};
pub use self::{
    builtin::{ModuleInstanceInfo, TopologyType},
    carry::{Carry, carry},
    control::{Mark, Rounds, unify},
    cx::{Cx, Outcome},
    home::key_of,
    op::{Caller, Op, Operation, Returns},
    program::{DepotRef, Flow, PStateRef, Port},
    random::RandomSource,
    route::{NoSuchTask, Route, TaskIndex},
    state::Paging,
};
