use rama_core::prelude::*;
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct UsersModule;
/// What a client of [`UsersModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub(crate) struct UsersModuleClient {
    /// The depots of [`UsersModule`].
    pub(crate) depot: UsersModuleDepots,
    /// The PStates of [`UsersModule`].
    pub(crate) pstate: UsersModulePStates,
    /// The stream topologies of [`UsersModule`].
    pub(crate) stream: UsersModuleStreams,
}
/// The depots of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub(crate) struct UsersModuleDepots {
    /// Depot `*users`.
    pub(crate) users: ::rama_core::__private::Depot<i64>,
}
/// The PStates of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub(crate) struct UsersModulePStates {
    /// PState `$$names`.
    pub(crate) names: ::rama_core::__private::PState<Map<i64, String>>,
    /// PState `$$seen`.
    pub(crate) seen: ::rama_core::__private::PState<Map<i64, bool>>,
}
/// The stream topologies of [`UsersModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub(crate) struct UsersModuleStreams {
    /// Topology `broken`.
    pub(crate) broken: ::rama_core::__private::Stream,
    /// Topology `whole`.
    pub(crate) whole: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for UsersModule {
        type Client = UsersModuleClient;
        fn name(&self) -> &'static str {
            "UsersModule"
        }
        #[allow(unexpected_cfgs, reason = "`rust_analyzer` is set by editors")]
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_users = module
                .depot("users", __rama::Partitioning::<i64>::random());
            let mut topology_broken = module.stream("broken");
            let pstate_names = topology_broken.pstate::<Map<i64, String>>("names");
            let topology_broken = topology_broken.id();
            let mut topology_whole = module.stream("whole");
            let pstate_seen = topology_whole.pstate::<Map<i64, bool>>("seen");
            let topology_whole = topology_whole.id();
            #[cfg(rust_analyzer)]
            {
                let flow = module.flow(topology_broken);
                flow.source(
                    depot_user,
                    "source(*user)",
                    move |cx, id| {
                        cx.local_transform(
                            __rama::at(::core::file!(), 11),
                            { pstate_names.path() }.keypath(id).NONE(),
                        )?;
                        ::core::result::Result::Ok(())
                    },
                );
            }
            let flow = module.flow(topology_whole);
            flow.source(
                depot_users,
                "source(*users)",
                move |cx, id| {
                    let n = __rama::rust!(id.);
                    cx.local_transform(
                        __rama::at(::core::file!(), 19),
                        { pstate_seen.path() }.keypath(id).termval(n),
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
                    names: link.pstate("names"),
                    seen: link.pstate("seen"),
                },
                stream: UsersModuleStreams {
                    broken: link.stream("broken"),
                    whole: link.stream("whole"),
                },
            }
        }
    }
};
::core::compile_error! {
    "unknown depot `*user`\nhelp: did you mean `*users`?"
}
