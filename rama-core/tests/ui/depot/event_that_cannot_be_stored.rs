use rama_core::prelude::*;

pub struct AddUser {
    pub id: i64,
}

defmodule! {
    pub UsersModule {
        depot *users: AddUser, hash_by(id);
    }
}

fn main() {}
