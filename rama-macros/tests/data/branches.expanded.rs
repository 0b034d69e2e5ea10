use rama_core::prelude::*;
const LIMIT: usize = 80;
#[derive(Clone, Copy, Debug, Default)]
pub struct PostsModule;
/// What a client of [`PostsModule`] holds: its depots, PStates and topologies, each under its own name.
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PostsModuleClient {
    /// The depots of [`PostsModule`].
    pub depot: PostsModuleDepots,
    /// The PStates of [`PostsModule`].
    pub pstate: PostsModulePStates,
    /// The stream topologies of [`PostsModule`].
    pub stream: PostsModuleStreams,
}
/// The depots of [`PostsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PostsModuleDepots {
    /// All posts.
    pub posts: ::rama_core::__private::Depot<Post>,
}
/// The PStates of [`PostsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PostsModulePStates {
    /// PState `$$texts`.
    pub texts: ::rama_core::__private::PState<Map<i64, String>>,
    /// PState `$$counts`.
    pub counts: ::rama_core::__private::PState<Map<i64, u64>>,
}
/// The stream topologies of [`PostsModule`].
#[derive(Clone, Debug)]
#[allow(dead_code, reason = "not every program uses every handle")]
pub struct PostsModuleStreams {
    /// Topology `posts`.
    pub posts: ::rama_core::__private::Stream,
}
const _: () = {
    use ::rama_core::__private as __rama;
    impl __rama::Module for PostsModule {
        type Client = PostsModuleClient;
        fn name(&self) -> &'static str {
            "PostsModule"
        }
        #[allow(unused_mut, reason = "bound with `mut`, perhaps changed only elsewhere")]
        #[allow(
            for_loops_over_fallibles,
            reason = "an `Option` explodes into what is in it"
        )]
        fn define(&self, module: &mut __rama::ModuleBuilder) {
            let depot_posts = module
                .depot(
                    "posts",
                    __rama::Partitioning::<
                        Post,
                    >::hash_by(|post| __rama::key_hash(&(post.author, post.text.len()))),
                );
            let mut topology_posts = module.stream("posts");
            let pstate_texts = topology_posts.pstate::<Map<i64, String>>("texts");
            let pstate_counts = topology_posts.pstate::<Map<i64, u64>>("counts");
            let topology_posts = topology_posts.id();
            let flow = module.flow(topology_posts);
            let after_if = flow.port("after if text.len() < LIMIT");
            let after_hash = flow.port("after |hash(author)");
            let after_hash_2 = flow.port("after |hash(who)");
            flow.source(
                depot_posts,
                "source(*posts)",
                move |cx, Post { author, text, followers, kind }| {
                    let mut total = 0;
                    if text.len() < LIMIT {
                        let route = cx.hash(&author);
                        cx.hop(
                            route,
                            after_hash,
                            (
                                __rama::carry(author),
                                __rama::carry(text),
                                __rama::carry(followers),
                                __rama::carry(kind),
                                __rama::carry(total),
                            ),
                        );
                    } else {
                        let label = "long";
                        cx.enter(
                            after_if,
                            (author, text, followers, kind, total, label),
                        )?;
                    }
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash,
                move |cx, (author, text, followers, kind, mut total)| {
                    total += 1;
                    let label = "short";
                    cx.enter(after_if, (author, text, followers, kind, total, label))?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.join(
                after_if,
                move |cx, (author, text, followers, kind, mut total, label)| {
                    let (tag,) = match kind {
                        Kind::Plain => {
                            let tag = None;
                            (tag,)
                        }
                        Kind::Tagged(name) if name.len() > 3 => {
                            let tag = Some(name);
                            (tag,)
                        }
                        _ => {
                            return Err(std::fmt::Error.into());
                        }
                    };
                    __rama::unify(
                        cx,
                        |cx, joined| {
                            if tag.is_some() {
                                for who in followers {
                                    joined(cx, (who,))?;
                                }
                            } else {
                                let who = author;
                                if total > 3 {
                                    joined(cx, (who,))?;
                                }
                            }
                            ::core::result::Result::Ok(())
                        },
                        |cx, (who,)| {
                            let seen = cx
                                .local_select_one(
                                    __rama::at(::core::file!(), 38),
                                    { pstate_counts.path() }
                                        .keypath(::core::clone::Clone::clone(&who))
                                        .nil_to_val(0),
                                )?;
                            let route = cx.hash(&who);
                            cx.hop(
                                route,
                                after_hash_2,
                                (
                                    __rama::carry(::core::clone::Clone::clone(&text)),
                                    __rama::carry(::core::clone::Clone::clone(&label)),
                                    __rama::carry(::core::clone::Clone::clone(&tag)),
                                    __rama::carry(who),
                                    __rama::carry(seen),
                                ),
                            );
                            ::core::result::Result::Ok(())
                        },
                    )?;
                    ::core::result::Result::Ok(())
                },
            );
            flow.segment(
                after_hash_2,
                move |cx, (text, label, tag, who, seen)| {
                    cx.local_transform(
                        __rama::at(::core::file!(), 40),
                        { pstate_texts.path() }.keypath(who).termval(text),
                    )?;
                    cx.ack_return(&(label, tag, seen))?;
                    ::core::result::Result::Ok(())
                },
            );
        }
        fn client(link: &__rama::Link) -> PostsModuleClient {
            PostsModuleClient {
                depot: PostsModuleDepots {
                    posts: link.depot("posts"),
                },
                pstate: PostsModulePStates {
                    texts: link.pstate("texts"),
                    counts: link.pstate("counts"),
                },
                stream: PostsModuleStreams {
                    posts: link.stream("posts"),
                },
            }
        }
    }
};
