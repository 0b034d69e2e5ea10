use rama_core::prelude::*;

defmodule! {
    pub MovesModule {
        depot *asks: Ask, hash_by(user);

        stream moves {
            pstate $$profiles: Map<i64, Profile>;
            pstate $$pages: Map<String, u64> { key_partitioner: by_length };
            pstate $$total: u64 { global, initial: 0 };

            sources! {
                source(*asks) :> Ask { user, friend, page };
                assume_home(user);
                select([keypath(friend), nil_to_val(Profile::new(user))], $$profiles) :> profile;
                select([must(profile.page())], $$pages) :> visits;
                |hash($$pages, &page);
                |path([keypath(user + 1), ALL], $$profiles);
                |custom(|tasks| tasks - 1);
                |origin();
                |global($$total);
                ack_return(visits);
            }
        }
    }
}
