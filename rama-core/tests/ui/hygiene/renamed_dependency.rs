//! The runtime under another name.
#![deny(warnings)]

mod vendor {
    pub use rama_core as backend;
}

use vendor::backend::prelude::*;

defop! {
    crate = crate::vendor::backend;
    pub twice(id: i64) :> id: i64 {
        emit(id);
        |hash(id);
        emit(id);
    }
}

defmodule! {
    pub UsersModule {
        crate = crate::vendor::backend;
        use op twice;
        depot *users: i64, global;
        stream users {
            pstate $$seen: Map<i64, bool>;
            sources! {
                source(*users) :> id;
                twice(id) :> id;
                await_future(std::future::ready(id), timeout: std::time::Duration::from_secs(3)) :> id;
                depot_append(*users, id, append_ack);
                depot_append(*users, id);
                local_transform([keypath(id), termval(true)], $$seen);
            }
        }
    }
}

fn main() {}
