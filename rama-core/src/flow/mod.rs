//! What emitted dataflow talks to: ports and segments are declared on a [`Flow`], and a running segment
//! reads, writes and hops through its [`Cx`]. Knows nothing of threads, queues or commits.

mod carry;
mod cx;
mod origin;
mod outbox;
mod program;
mod route;
mod state;

pub use self::{
    carry::{Carry, carry},
    cx::{Cx, Outcome},
    program::{DepotRef, Flow, PStateRef, Port},
    route::{Route, TaskIndex},
    state::Paging,
};
pub(crate) use self::{
    cx::{AckReturn, Failure, panic_message},
    origin::Origin,
    outbox::{Outbox, Parcel},
    program::{Program, Source},
};
