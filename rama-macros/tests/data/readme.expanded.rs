use rama_core::prelude::*;
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AddUser {
    pub user_id: i64,
    pub username: String,
}
/// Usernames by user id.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsersModule;
/// What a client of [`UsersModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct UsersModuleClient {
    /// The depots of [`UsersModule`].
    pub depot: UsersModuleDepots,
    /// The PStates of [`UsersModule`].
    pub pstate: UsersModulePStates,
    /// The stream topologies of [`UsersModule`].
    pub stream: UsersModuleStreams,
}
/// The depots of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct UsersModuleDepots {
    /// Depot `*users`.
    pub users: ::rama_core::__private::Depot<AddUser>,
}
/// The PStates of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct UsersModulePStates {
    /// PState `$$usernames`.
    pub usernames: ::rama_core::__private::PState<Map<i64, String>>,
}
/// The stream topologies of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct UsersModuleStreams {
    /// Topology `users`.
    pub users: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for UsersModule {
        type Client = UsersModuleClient;
        fn name(&self) -> &'static str {
            "UsersModule"
        }
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_users = module
                .depot(
                    "users",
                    __rama::Partitioning::<
                        AddUser,
                    >::hash_by(|event| __rama::key_hash(&event.user_id)),
                );
            let mut topology_users = module.stream("users");
            let pstate_usernames = topology_users
                .pstate::<Map<i64, String>>("usernames");
            let topology_users = topology_users.id();
            let flow = module.flow(topology_users);
            flow.source(
                depot_users,
                "source(*users)",
                move |cx, AddUser { user_id, username }| {
                    cx.local_transform(
                        __rama::at(::core::file!(), 19),
                        { pstate_usernames.path() }.keypath(user_id).termval(username),
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> UsersModuleClient {
            UsersModuleClient {
                depot: UsersModuleDepots {
                    users: link.depot("users"),
                },
                pstate: UsersModulePStates {
                    usernames: link.pstate("usernames"),
                },
                stream: UsersModuleStreams {
                    users: link.stream("users"),
                },
            }
        }
    }
};
fn main() -> ExitCode {
    rama_core::node::main(modules![UsersModule])
}
