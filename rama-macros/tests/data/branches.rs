use rama_core::prelude::*;

defmodule! {
    pub PostsModule {
        const LIMIT: usize = 80;

        /// All posts.
        depot *posts: Post, hash_by(|post| (post.author, post.text.len()));

        stream posts {
            pstate $$texts: Map<i64, String>;
            pstate $$counts: Map<i64, u64>;

            sources! {
                source(*posts) :> Post { author, text, followers, kind };
                let mut total = 0;
                // A hop in a branch: both branches meet at a port.
                if text.len() < LIMIT {
                    |hash(author);
                    total += 1;
                    let label = "short";
                } else {
                    let label = "long";
                }
                // Each branch completes once: a value.
                match kind {
                    Kind::Plain => let tag = None,
                    Kind::Tagged(name) if name.len() > 3 => { let tag = Some(name); }
                    _ => { return Err(std::fmt::Error.into()); }
                }
                // Branches that emit: gathered.
                if tag.is_some() {
                    explode(followers) :> who;
                } else {
                    let who = author;
                    filter(total > 3);
                }
                local_select([keypath(who), nil_to_val(0)], $$counts) :> seen;
                |hash(who);
                local_transform([keypath(who), termval(text)], $$texts);
                ack_return((label, tag, seen));
            }
        }
    }
}
