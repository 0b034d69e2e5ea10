use rama_core::prelude::*;

defmodule! {
    pub(crate) UsersModule {
        depot *users: i64, random;

        stream broken {
            pstate $$names: Map<i64, String>;
            sources! {
                source(*user) :> id;
                local_transform([keypath(id), NONE], $$names);
            }
        }
        stream whole {
            pstate $$seen: Map<i64, bool>;
            sources! {
                source(*users) :> id;
                let n = id. ;
                local_transform([keypath(id), termval(n)], $$seen);
            }
        }
    }
}
