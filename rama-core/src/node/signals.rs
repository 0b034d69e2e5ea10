//! What asks a node to stop: the first signal gracefully, the second one at once.

use std::{
    io,
    process::exit,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::Signals,
};
use tokio::sync::oneshot;

use super::fail;

/// Shells tell with such exit codes that a signal ended a process.
const BY_SIGNAL: i32 = 128;

/// Listens from now on. The receiver is told of the first signal; one that comes while the node is stopping ends the
/// process, whatever it waits for.
pub(super) fn listen(stopping: &Arc<AtomicBool>) -> io::Result<oneshot::Receiver<()>> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let stopping = Arc::clone(stopping);
    let (ask, asked) = oneshot::channel();
    let mut ask = Some(ask);
    let listener = move || {
        for signal in signals.forever() {
            if stopping.swap(true, Ordering::Relaxed) {
                fail(
                    "a second signal ended the process before its modules had stopped; what was durable is there at the \
                     next start",
                );
                exit(BY_SIGNAL + signal);
            }
            if let Some(ask) = ask.take() {
                // Nobody listens any more when the start failed.
                let _: Result<(), ()> = ask.send(());
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listener)?;
    Ok(asked)
}
