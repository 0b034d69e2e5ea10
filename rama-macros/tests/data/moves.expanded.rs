use rama_core::prelude::*;
#[derive(Clone, Copy, Debug, Default)]
pub struct MovesModule;
/// What a client of [`MovesModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct MovesModuleClient {
    /// The depots of [`MovesModule`].
    pub depot: MovesModuleDepots,
    /// The PStates of [`MovesModule`].
    pub pstate: MovesModulePStates,
    /// The stream topologies of [`MovesModule`].
    pub stream: MovesModuleStreams,
}
/// The depots of [`MovesModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct MovesModuleDepots {
    /// Depot `*asks`.
    pub asks: ::rama_core::__private::Depot<Ask>,
}
/// The PStates of [`MovesModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct MovesModulePStates {
    /// PState `$$profiles`.
    pub profiles: ::rama_core::__private::PState<Map<i64, Profile>>,
    /// PState `$$pages`.
    pub pages: ::rama_core::__private::PState<Map<String, u64>>,
    /// PState `$$total`.
    pub total: ::rama_core::__private::PState<::rama_core::__private::Initial<u64>>,
}
/// The stream topologies of [`MovesModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct MovesModuleStreams {
    /// Topology `moves`.
    pub moves: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for MovesModule {
        type Client = MovesModuleClient;
        fn name(&self) -> &'static str {
            "MovesModule"
        }
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_asks = module
                .depot(
                    "asks",
                    __rama::Partitioning::<
                        Ask,
                    >::hash_by(|event| __rama::key_hash(&event.user)),
                );
            let mut topology_moves = module.stream("moves");
            let pstate_profiles = topology_moves.pstate::<Map<i64, Profile>>("profiles");
            let pstate_pages = topology_moves
                .pstate_with(
                    "pages",
                    __rama::PStateOptions::<Map<String, u64>>::new()
                        .key_partitioner(by_length),
                );
            let pstate_total = topology_moves
                .pstate_with(
                    "total",
                    __rama::PStateOptions::<__rama::Initial<u64>>::new()
                        .global()
                        .initial(0),
                );
            let topology_moves = topology_moves.id();
            let flow = module.flow(topology_moves);
            let after_select = flow.port("after select from $$profiles");
            let after_select_2 = flow.port("after select from $$pages");
            let after_hash = flow.port("after |hash($$pages, &page)");
            let after_path = flow
                .port("after |path([keypath(user + 1), ALL], $$profiles)");
            let after_custom = flow.port("after |custom(|tasks| tasks - 1)");
            let after_origin = flow.port("after |origin()");
            let after_global = flow.port("after |global($$total)");
            flow.source(
                depot_asks,
                "source(*asks)",
                move |cx, Ask { user, friend, page }| {
                    cx.assume_home(__rama::at(::core::file!(), 14), &user)?;
                    let friend = __rama::key_of({ pstate_profiles }, friend);
                    let route = cx.hash_in({ pstate_profiles }, &friend)?;
                    cx.hop(
                        route,
                        after_select,
                        (__rama::carry(user), __rama::carry(friend), __rama::carry(page)),
                    );
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_select,
                move |cx, (user, friend, page)| {
                    let profile = cx
                        .local_select_one(
                            __rama::at(::core::file!(), 15),
                            { pstate_profiles.path() }
                                .keypath(friend)
                                .nil_to_val(Profile::new(user)),
                        )?;
                    let key = __rama::key_of({ pstate_pages }, profile.page());
                    let route = cx.hash_in({ pstate_pages }, &key)?;
                    cx.hop(
                        route,
                        after_select_2,
                        (__rama::carry(user), __rama::carry(page), __rama::carry(key)),
                    );
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_select_2,
                move |cx, (user, page, key)| {
                    if let ::core::option::Option::Some(visits) = cx
                        .local_select_any(
                            __rama::at(::core::file!(), 16),
                            { pstate_pages.path() }.must(key),
                        )?
                    {
                        let route = cx.hash_in({ pstate_pages }, &page)?;
                        cx.hop(
                            route,
                            after_hash,
                            (__rama::carry(user), __rama::carry(visits)),
                        );
                    }
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash,
                move |cx, (user, visits)| {
                    let route = cx
                        .hash_in(
                            { pstate_profiles },
                            &__rama::key_of({ pstate_profiles }, user + 1),
                        )?;
                    cx.hop(route, after_path, (__rama::carry(visits),));
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_path,
                move |cx, (visits,)| {
                    let route = cx.custom(|tasks| tasks - 1)?;
                    cx.hop(route, after_custom, (__rama::carry(visits),));
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_custom,
                move |cx, (visits,)| {
                    let route = cx.origin();
                    cx.hop(route, after_origin, (__rama::carry(visits),));
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_origin,
                move |cx, (visits,)| {
                    let route = cx.global_in({ pstate_total })?;
                    cx.hop(route, after_global, (__rama::carry(visits),));
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_global,
                move |cx, (visits,)| {
                    cx.ack_return(&visits)?;
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> MovesModuleClient {
            MovesModuleClient {
                depot: MovesModuleDepots {
                    asks: link.depot("asks"),
                },
                pstate: MovesModulePStates {
                    profiles: link.pstate("profiles"),
                    pages: link.pstate("pages"),
                    total: link.pstate("total"),
                },
                stream: MovesModuleStreams {
                    moves: link.stream("moves"),
                },
            }
        }
    }
};
