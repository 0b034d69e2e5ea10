use rama_core::prelude::*;
#[derive(Clone, Copy, Debug, Default)]
pub struct PathsModule;
/// What a client of [`PathsModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PathsModuleClient {
    /// The depots of [`PathsModule`].
    pub depot: PathsModuleDepots,
    /// The PStates of [`PathsModule`].
    pub pstate: PathsModulePStates,
    /// The stream topologies of [`PathsModule`].
    pub stream: PathsModuleStreams,
}
/// The depots of [`PathsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PathsModuleDepots {
    /// Depot `*visits`.
    pub visits: ::rama_core::__private::Depot<Visit>,
}
/// The PStates of [`PathsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PathsModulePStates {
    /// PState `$$accounts`.
    pub accounts: ::rama_core::__private::PState<Map<i64, Account>>,
    /// PState `$$last`.
    pub last: ::rama_core::__private::PState<::rama_core::__private::Initial<String>>,
    /// PState `$$by_tag`.
    pub by_tag: ::rama_core::__private::PState<Map<String, u64>>,
}
/// The stream topologies of [`PathsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PathsModuleStreams {
    /// Topology `visits`.
    pub visits: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for PathsModule {
        type Client = PathsModuleClient;
        fn name(&self) -> &'static str {
            "PathsModule"
        }
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_visits = module
                .depot_with(
                    "visits",
                    __rama::Partitioning::<
                        Visit,
                    >::hash_by(|event| __rama::key_hash(&event.id)),
                    __rama::DepotOptions::new().max_entries(1_000).coordinate(keeps()),
                );
            let mut topology_visits = module.stream("visits");
            let pstate_accounts = topology_visits
                .pstate::<Map<i64, Account>>("accounts");
            let pstate_totals = topology_visits
                .pstate_with(
                    "totals",
                    __rama::PStateOptions::<Map<String, u64>>::new().global(),
                );
            let pstate_last = topology_visits
                .pstate_with(
                    "last",
                    __rama::PStateOptions::<__rama::Initial<String>>::new()
                        .initial(String::new())
                        .partitioned_by_any(),
                );
            let pstate_by_tag = topology_visits
                .pstate_with(
                    "by_tag",
                    __rama::PStateOptions::<Map<String, u64>>::new()
                        .key_partitioner(|tag, tasks| first(tag) % tasks),
                );
            let topology_visits = topology_visits.id();
            let flow = module.flow(topology_visits);
            flow.source(
                depot_visits,
                "source(*visits)",
                move |cx, Visit { id, tag, least }| {
                    for found in cx
                        .local_select(
                            __rama::at(::core::file!(), 16),
                            { pstate_accounts.path() }
                                .must(::core::clone::Clone::clone(&id))
                                .field(|it| &(*it).tags, |it| &mut (*it).tags)
                                .selected(|path| {
                                    path
                                        .must(::core::clone::Clone::clone(&tag))
                                        .pred(|n| *n > least)
                                })
                                .MAP_VALS(),
                        )?
                    {
                        let there = cx
                            .local_select_one(
                                __rama::at(::core::file!(), 17),
                                { pstate_accounts.path() }
                                    .keypath(::core::clone::Clone::clone(&id))
                                    .if_else_path(
                                        |path| path.PRESENT(),
                                        |path| path.view(|_| 1),
                                        |path| path.view(|_| 0),
                                    ),
                            )?;
                        cx.local_transform(
                            __rama::at(::core::file!(), 18),
                            { pstate_accounts.path() }
                                .must(::core::clone::Clone::clone(&id))
                                .field(|it| &(*it).place, |it| &mut (*it).place)
                                .field(|it| &(*it).0, |it| &mut (*it).0)
                                .putval(there)
                                .term(|(there, old): (_, i64)| old + there),
                        )?;
                        cx.local_transform(
                            __rama::at(::core::file!(), 22),
                            { pstate_accounts.path() }
                                .must(::core::clone::Clone::clone(&id))
                                .multi_term(|path| (
                                    path
                                        .field(|it| &(*it).name, |it| &mut (*it).name)
                                        .termval(::core::clone::Clone::clone(&tag)),
                                    path
                                        .field(|it| &(*it).tags, |it| &mut (*it).tags)
                                        .keypath("db")
                                        .NONE(),
                                    path
                                        .field(|it| &(*it).tags, |it| &mut (*it).tags)
                                        .must(::core::clone::Clone::clone(&tag))
                                        .NONE(),
                                )),
                        )?;
                        if let ::core::option::Option::Some(page) = cx
                            .local_select_any(
                                __rama::at(::core::file!(), 26),
                                { pstate_accounts.path() }
                                    .must(::core::clone::Clone::clone(&id))
                                    .field(|it| &(*it).tags, |it| &mut (*it).tags)
                                    .sorted_map_range_from(
                                        ::core::clone::Clone::clone(&tag),
                                        __rama::RangeOptions::new().max_amt(found).inclusive(false),
                                    ),
                            )?
                        {
                            cx.local_clear(
                                __rama::at(::core::file!(), 27),
                                pstate_last,
                            )?;
                            let _ = show(page, ::core::clone::Clone::clone(&tag));
                        }
                    }
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> PathsModuleClient {
            PathsModuleClient {
                depot: PathsModuleDepots {
                    visits: link.depot("visits"),
                },
                pstate: PathsModulePStates {
                    accounts: link.pstate("accounts"),
                    last: link.pstate("last"),
                    by_tag: link.pstate("by_tag"),
                },
                stream: PathsModuleStreams {
                    visits: link.stream("visits"),
                },
            }
        }
    }
};
const PATH: Closure = |path| {
    path
        .field(|it| &(*it).children, |it| &mut (*it).children)
        .recursive_path(
            100,
            |path, again| {
                path
                    .stay_then_continue(|path| {
                        path
                            .field(|it| &(*it).children, |it| &mut (*it).children)
                            .ALL()
                            .recur(&again)
                    })
            },
        )
        .cond_path(|path| (
            (
                path.field(|it| &(*it).n, |it| &mut (*it).n).keypath(-1),
                path.collect(|path| path.field(|it| &(*it).n, |it| &mut (*it).n)).STAY(),
            ),
            (path.pred(|tree| tree.n > 3), path.take(1)),
        ))
        .transformed(|path| path.field(|it| &(*it).n, |it| &mut (*it).n).term(|n| n + 1))
        .sorted_set_range_to('c', ())
        .is_collected(|(a, mut b)| {
            b += a;
            b > 3
        })
};
