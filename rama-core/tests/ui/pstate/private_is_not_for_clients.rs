use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: i64, random;
        stream users {
            pstate $$names: Map<i64, String> { private };
        }
    }
}

fn names(client: &UsersModuleClient) {
    let _ = &client.pstate.names;
}

fn main() {
    let _ = names;
}
