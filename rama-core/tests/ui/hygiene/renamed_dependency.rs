//! The runtime under another name.
#![deny(warnings)]

mod vendor {
    pub use rama_core as backend;
}

use vendor::backend::prelude::*;

defmodule! {
    pub UsersModule {
        crate = crate::vendor::backend;
        depot *users: i64, global;
        stream users {
            pstate $$seen: Map<i64, bool>;
            sources! {
                source(*users) :> id;
                local_transform([keypath(id), termval(true)], $$seen);
            }
        }
    }
}

fn main() {}
