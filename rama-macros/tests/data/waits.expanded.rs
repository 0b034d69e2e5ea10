use rama_core::prelude::*;
#[derive(Clone, Copy, Debug, Default)]
struct WaitsModule;
/// What a client of [`WaitsModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
struct WaitsModuleClient {
    /// The depots of [`WaitsModule`].
    depot: WaitsModuleDepots,
    /// The PStates of [`WaitsModule`].
    pstate: WaitsModulePStates,
    /// The stream topologies of [`WaitsModule`].
    stream: WaitsModuleStreams,
}
/// The depots of [`WaitsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
struct WaitsModuleDepots {
    /// Depot `*urls`.
    urls: ::rama_core::__private::Depot<String>,
    /// Depot `*sizes`.
    sizes: ::rama_core::__private::Depot<(String, usize)>,
}
/// The PStates of [`WaitsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
struct WaitsModulePStates {}
/// The stream topologies of [`WaitsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
struct WaitsModuleStreams {
    /// Topology `pages`.
    pages: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for WaitsModule {
        type Client = WaitsModuleClient;
        fn name(&self) -> &'static str {
            "WaitsModule"
        }
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_urls = module
                .depot("urls", __rama::Partitioning::<String>::random());
            let depot_sizes = module
                .depot(
                    "sizes",
                    __rama::Partitioning::<
                        (String, usize),
                    >::hash_by(|size| __rama::key_hash(&size.0.clone())),
                );
            let mut topology_pages = module.stream("pages");
            let topology_pages = topology_pages.id();
            let flow = module.flow(topology_pages);
            let after_await_future = flow.returns("after await_future");
            let after_await_future_2 = flow.returns("after await_future #2");
            let after_hash = flow.port("after |hash(url)");
            let after_depot_append = flow.returns("after append_ack of *sizes");
            let after_yield_if_overtime = flow.port("after yield_if_overtime");
            flow.source(
                depot_urls,
                "source(*urls)",
                move |cx, url| {
                    let client = Client::new();
                    let frame = (
                        __rama::keep(::core::clone::Clone::clone(&url)),
                        __rama::keep(::core::clone::Clone::clone(&client)),
                    );
                    cx.await_future(
                        client.get(url.clone()),
                        ::core::option::Option::Some(Duration::from_secs(10)),
                        after_await_future,
                        frame,
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.define_returns(
                after_await_future,
                move |cx, page, (url, client)| {
                    'end0: {
                        let Ok(page) = page else {
                            break 'end0;
                        };
                        let frame = (__rama::keep(url), __rama::keep(client));
                        cx.await_future(
                            async move { page.len() },
                            ::core::option::Option::None,
                            after_await_future_2,
                            frame,
                        )?;
                    }
                    ::core::result::Result::Ok(())
                },
            );
            flow.define_returns(
                after_await_future_2,
                move |cx, size, (url, client)| {
                    let route = cx.hash(&url);
                    cx.hop(
                        route,
                        after_hash,
                        (__rama::carry(url), __rama::carry(client), __rama::carry(size)),
                    );
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash,
                move |cx, (url, client, size)| {
                    cx.depot_append_acked(
                        depot_sizes,
                        &(url.clone(), size),
                        __rama::AckLevel::AppendAck,
                        after_depot_append,
                        (
                            __rama::keep(::core::clone::Clone::clone(&url)),
                            __rama::keep(client),
                        ),
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.define_returns(
                after_depot_append,
                move |cx, _, (url, client)| {
                    cx.yield_if_overtime(
                        after_yield_if_overtime,
                        (__rama::carry(url), __rama::carry(client)),
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_yield_if_overtime,
                move |cx, (url, client)| {
                    cx.depot_append(depot_sizes, &(url, client.sent()))?;
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> WaitsModuleClient {
            WaitsModuleClient {
                depot: WaitsModuleDepots {
                    urls: link.depot("urls"),
                    sizes: link.depot("sizes"),
                },
                pstate: WaitsModulePStates {},
                stream: WaitsModuleStreams {
                    pages: link.stream("pages"),
                },
            }
        }
    }
};
