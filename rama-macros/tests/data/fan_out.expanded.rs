use rama_core::prelude::*;
#[derive(Clone, Copy, Debug, Default)]
pub struct FanOutModule;
/// What a client of [`FanOutModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct FanOutModuleClient {
    /// The depots of [`FanOutModule`].
    pub depot: FanOutModuleDepots,
    /// The PStates of [`FanOutModule`].
    pub pstate: FanOutModulePStates,
    /// The stream topologies of [`FanOutModule`].
    pub stream: FanOutModuleStreams,
}
/// The depots of [`FanOutModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct FanOutModuleDepots {
    /// Depot `*posts`.
    pub posts: ::rama_core::__private::Depot<Post>,
    /// Depot `*cleanups`.
    pub cleanups: ::rama_core::__private::Depot<i64>,
}
/// The PStates of [`FanOutModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct FanOutModulePStates {
    /// PState `$$followers`.
    pub followers: ::rama_core::__private::PState<Map<i64, Set<i64>>>,
    /// PState `$$timelines`.
    pub timelines: ::rama_core::__private::PState<Map<i64, Map<u64, String>>>,
}
/// The stream topologies of [`FanOutModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct FanOutModuleStreams {
    /// Topology `timelines`.
    pub timelines: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for FanOutModule {
        type Client = FanOutModuleClient;
        fn name(&self) -> &'static str {
            "FanOutModule"
        }
        #[allow(
            for_loops_over_fallibles,
            reason = "an `Option` explodes into what is in it"
        )]
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_posts = module
                .depot("posts", __rama::Partitioning::<Post>::random());
            let depot_cleanups = module
                .depot("cleanups", __rama::Partitioning::<i64>::global());
            let mut topology_timelines = module.stream("timelines");
            let pstate_followers = topology_timelines
                .pstate::<Map<i64, Set<i64>>>("followers");
            let pstate_timelines = topology_timelines
                .pstate::<Map<i64, Map<u64, String>>>("timelines");
            let topology_timelines = topology_timelines.id();
            let flow = module.flow(topology_timelines);
            let after_hash = flow.port("after |hash(author)");
            let after_hash_2 = flow.port("after |hash(follower)");
            let after_all = flow.port("after |all()");
            let after_direct = flow.port("after |direct(shard)");
            flow.source(
                depot_posts,
                "source(*posts)",
                move |cx, Post { author, at, text }| {
                    let route = cx.hash(&author);
                    cx.hop(
                        route,
                        after_hash,
                        (__rama::carry(author), __rama::carry(at), __rama::carry(text)),
                    );
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash,
                move |cx, (author, at, text)| {
                    for follower in cx
                        .local_select(
                            __rama::at(::core::file!(), 15),
                            { pstate_followers.path() }
                                .keypath(author)
                                .NIL_TO_SET()
                                .ALL(),
                        )?
                    {
                        let route = cx.hash(&follower);
                        cx.hop(
                            route,
                            after_hash_2,
                            (
                                __rama::carry(::core::clone::Clone::clone(&at)),
                                __rama::carry(::core::clone::Clone::clone(&text)),
                                __rama::carry(follower),
                            ),
                        );
                    }
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash_2,
                move |cx, (at, text, follower)| {
                    cx.local_transform(
                        __rama::at(::core::file!(), 17),
                        { pstate_timelines.path() }
                            .keypath(follower)
                            .keypath(at)
                            .termval(text),
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.source(
                depot_cleanups,
                "source(*cleanups)",
                move |cx, oldest| {
                    let route = cx.all();
                    cx.hop(route, after_all, (__rama::carry(oldest),));
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_all,
                move |cx, (oldest,)| {
                    if let ::core::option::Option::Some(timeline) = cx
                        .local_select_any(
                            __rama::at(::core::file!(), 21),
                            { pstate_timelines.path() }
                                .must(::core::clone::Clone::clone(&oldest)),
                        )?
                    {
                        for (at, _) in timeline {
                            if at < 100 {
                                let shard = shard(::core::clone::Clone::clone(&at));
                                let route = cx.direct(shard)?;
                                cx.hop(
                                    route,
                                    after_direct,
                                    (
                                        __rama::carry(::core::clone::Clone::clone(&oldest)),
                                        __rama::carry(at),
                                    ),
                                );
                            }
                        }
                    }
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_direct,
                move |cx, (oldest, at)| {
                    cx.local_transform(
                        __rama::at(::core::file!(), 26),
                        { pstate_timelines.path() }.must(oldest).must(at).NONE(),
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> FanOutModuleClient {
            FanOutModuleClient {
                depot: FanOutModuleDepots {
                    posts: link.depot("posts"),
                    cleanups: link.depot("cleanups"),
                },
                pstate: FanOutModulePStates {
                    followers: link.pstate("followers"),
                    timelines: link.pstate("timelines"),
                },
                stream: FanOutModuleStreams {
                    timelines: link.stream("timelines"),
                },
            }
        }
    }
};
