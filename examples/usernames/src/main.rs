//! The deployable binary: `usernames --data DIR` runs the module until it is stopped.

use rama_core::prelude::*;
use usernames::UsersModule;

fn main() -> ExitCode {
    rama_core::node::main(modules![UsersModule])
}
