use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddUser {
    pub user_id: i64,
    pub username: String,
}

defmodule! {
    /// Usernames by user id.
    pub UsersModule {
        depot *users: AddUser, hash_by(user_id);

        stream users {
            pstate $$usernames: Map<i64, String>;

            sources! {
                source(*users) :> AddUser { user_id, username };
                local_transform([keypath(user_id), termval(username)], $$usernames);
            }
        }
    }
}

fn main() -> ExitCode {
    rama_core::node::main(modules![UsersModule]) // the deployable binary
}
