//! Plans as text: where flows are cut, and what travels.

use std::collections::BTreeSet;

use expect_test::expect;

use super::{check_plan, plan_of, tokens, with_module};
use crate::diagnostics::Diagnostics;
use crate::expand::compile;
use crate::plan::mermaid;

const STRAIGHT: &str = "source(*events) :> Event { id, name };
    let n = name.len();
    local_transform([keypath(id), termval(name)], $$names);
    ack_return(n);";

const HOP: &str = "source(*events) :> Event { id, name };
    let n = name.len();
    |hash(id);
    local_transform([keypath(id), termval(name)], $$names);
    |hash(n);
    local_transform([keypath(n), termval(id)], $$counts);";

const HOP_IN_A_BRANCH: &str = "source(*events) :> Event { id, name };
    if name.is_empty() {
        |hash(id);
        let size = \"none\";
    } else {
        let size = \"some\";
    }
    local_transform([keypath(id), termval(size)], $$names);";

const LOOP: &str = "source(*events) :> Event { id, name, rest };
    loop (at = id, depth = 0) {
        |hash(at);
        local_select([must(at)], $$counts) :> next;
        if next > at { loop (m = at) { emit(m); continue_with(m + depth); } :> o; emit(o); } else { f(rest); }
        continue_with(next, depth + 1);
    } :> found;
    local_transform([keypath(found), termval((name, id))], $$names);";

const WAITS: &str = "source(*events) :> Event { id, name, rest };
    await_future(fetch(rest)) :> answer;
    yield_if_overtime();
    branch { |all(); f(name); }
    depot_append(*ids, id, append_ack);
    g(answer, name);";

const MEETING: &str = "source(*events) :> Event { id, name, rest };
    if id > 3 { let size = f(rest); anchor 'big; |hash(id); h(name); } else { let size = 2; anchor 'small; }
    from 'big, 'small { |hash(size); g(size, name); }
    |global();
    atomic { explode(name) :> c; g(c, id); }";

const HIDDEN: &str = "source(*events) :> Event { id, name };
    loop (name = f(id)) { |hash(name); if name > 3 { let id = g(name); |all(); emit(id); } else { emit(name); } } :> found;
    |hash(found);
    h(name);";

const PAGES: &str = "source(*events) :> Event { id, name, rest };
    yielding_select([keypath(id), MAP_VALS], $$counts) :> count;
    local_transform([keypath(id), termval((name, count))], $$names);";

const EXPLODE_AND_HOP: &str = "source(*events) :> Event { text, followers };
    explode(followers) :> follower;
    |hash(follower);
    local_transform([keypath(follower), termval(text)], $$names);";

const GATHER: &str = "source(*events) :> Event { id, followers };
    if followers.is_empty() {
        filter(id > 3);
        let who = id;
    } else {
        explode(followers) :> who;
    }
    local_transform([keypath(who), termval(id)], $$counts);";

const MATCH: &str = "source(*events) :> Event { id, kind };
    match kind {
        Kind::Plain => let tag = None,
        Kind::Tagged(name) if name.len() > 3 => { let tag = Some(name); }
        _ => { return Err(never()); }
    }
    ack_return((id, tag));";

const SEVERAL: &str = "source(*events) :> Event { id };
    |hash(id);
    f(id);
    source(*ids) :> id;
    |hash(id);
    local_select([must(id), view(short)], $$names) :> name;
    g(name) :> other;
    h(other, name) :> _;";

#[test]
fn a_select_in_pages_is_entered_again_with_what_its_path_and_the_rest_need() {
    check_plan(
        &with_module(PAGES),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id, name, rest }
            enter pages_of_counts (id, name) at the first page
          segment pages_of_counts (id, name, paging)
            yielding_select([keypath(id.clone()), MAP_VALS], $$counts) :> count (a page)
              local_transform([keypath(id.clone()), termval((name.clone(), count))], $$names)
            again pages_of_counts (id.clone(), name.clone())
    "#]],
    );
}

#[test]
fn a_plan_is_a_graph_of_segments() {
    let module = with_module(
        "source(*events) :> Event { id, name };
         if name == \"x\" { |hash(id); } else { explode(id) :> i; branch { |all(); f(i); } }
         loop (n = id) { await_future(fetch(n)) :> n; continue_with(n); }",
    );
    let mut errors = Diagnostics::default();
    let plan = compile(tokens(&module), &mut errors).expect("the module has a name");
    assert_eq!(errors.into_text(), "");
    expect![[r#"
        flowchart TD
          subgraph g0 ["stream flow"]
            g0_start0(["source(*events) :> Event { id, name }"])
            g0_after_hash["after |hash(id)"]
            g0_after_all["after |all()"]
            g0_after_if["after if name == #quot;x#quot;"]
            g0_next_round["loop (n)"]
            g0_after_await_future["after await_future"]
            g0_start0 ==>|"|hash"| g0_after_hash
            g0_start0 ==>|"|all"| g0_after_all
            g0_start0 -->|"goes on"| g0_after_if
            g0_after_hash -->|"goes on"| g0_after_if
            g0_after_if -->|"goes on"| g0_next_round
            g0_next_round -.->|"await_future"| g0_after_await_future
            g0_after_await_future -->|"continue_with"| g0_next_round
          end
    "#]]
    .assert_eq(&mermaid(&plan));
}

#[test]
fn straight_lines_are_one_segment() {
    check_plan(
        &with_module(STRAIGHT),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id, name }
            let n = name.len()
            local_transform([keypath(id), termval(name)], $$names)
            ack_return(n)
    "#]],
    );
}

#[test]
fn a_partitioner_cuts() {
    check_plan(
        &with_module(HOP),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id, name }
            let n = name.len()
            hop |hash(id) -> after_hash (id, name, n)
          segment after_hash (id, name, n)
            local_transform([keypath(id.clone()), termval(name)], $$names)
            hop |hash(n) -> after_hash_2 (id, n)
          segment after_hash_2 (id, n)
            local_transform([keypath(n), termval(id)], $$counts)
    "#]],
    );
}

#[test]
fn branches_with_a_partitioner_meet_at_a_port() {
    check_plan(
        &with_module(HOP_IN_A_BRANCH),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id, name }
            if name.is_empty()
              hop |hash(id) -> after_hash (id)
            else
              let size = "some"
              enter after_if (id, size)
          segment after_hash (id)
            let size = "none"
            enter after_if (id, size)
          segment after_if (id, size)
            local_transform([keypath(id), termval(size)], $$names)
    "#]],
    );
}

#[test]
fn a_hop_in_a_loop_clones_what_the_loop_needs_again() {
    check_plan(
        &with_module(EXPLODE_AND_HOP),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { text, followers }
            each follower of followers
              hop |hash(follower) -> after_hash (text.clone(), follower)
          segment after_hash (text, follower)
            local_transform([keypath(follower), termval(text)], $$names)
    "#]],
    );
}

#[test]
fn branches_that_emit_are_gathered() {
    check_plan(
        &with_module(GATHER),
        &expect![[r#"
            module TestModule
            depot *events: Event, random
            depot *ids: i64, random
            stream flow
              pstate $$names: Map<i64, String>
              pstate $$counts: Map<i64, u64>
              segment source(*events) :> Event { id, followers }
                if followers.is_empty()
                  when id > 3
                    let who = id
                    join 0 (who)
                else
                  each who of followers
                    join 0 (who)
                behind join 0 (who)
                  local_transform([keypath(who), termval(id.clone())], $$counts)
        "#]],
    );
}

#[test]
fn branches_that_complete_once_are_a_value() {
    check_plan(
        &with_module(MATCH),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id, kind }
            match kind
            case Kind::Plain
              let tag = None
              give (tag)
            case Kind::Tagged(name) if name.len() > 3
              let tag = Some(name)
              give (tag)
            case _
              return Err(never())
            gives (tag)
            ack_return((id, tag))
    "#]],
    );
}

#[test]
fn sources_have_variables_of_their_own() {
    check_plan(
        &with_module(SEVERAL),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*events) :> Event { id }
            hop |hash(id) -> after_hash (id)
          segment after_hash (id)
            f(id)
          segment source(*ids) :> id
            hop |hash(id) -> after_hash_2 (id)
          segment after_hash_2 (id)
            local_select([must(id), view(short)], $$names) :> name (at most one)
              g(name.clone()) :> other
              h(other, name) :> _
    "#]],
    );
}

#[test]
fn a_partitioner_at_the_end_of_a_branch_that_ends_the_flow_needs_no_join() {
    let flow = "source(*ids) :> id;
        if id > 3 { |all(); f(id); } else { g(id); }";
    check_plan(
        &with_module(flow),
        &expect![[r#"
        module TestModule
        depot *events: Event, random
        depot *ids: i64, random
        stream flow
          pstate $$names: Map<i64, String>
          pstate $$counts: Map<i64, u64>
          segment source(*ids) :> id
            if id > 3
              hop |all() -> after_all (id)
            else
              g(id)
          segment after_all (id)
            f(id)
    "#]],
    );
}

/// Reads the printed plan: each frame names the variables that its segment mentions, no more, and
/// no variable of the flow that the segment mentions is missing unless the segment binds it.
#[test]
fn a_frame_holds_exactly_the_live_variables() {
    for flow in
        [HOP, HOP_IN_A_BRANCH, EXPLODE_AND_HOP, GATHER, SEVERAL, LOOP, WAITS, MEETING, HIDDEN]
    {
        let plan = plan_of(&with_module(flow));
        let segments: Vec<&str> = plan.split("  segment ").skip(1).collect();
        let frames = segments.iter().filter_map(|segment| frame(segment));
        let variables: BTreeSet<&str> = frames.flat_map(|frame| frame.0).collect();
        for segment in &segments {
            let Some((frame, body)) = frame(segment) else { continue };
            let mentioned: BTreeSet<&str> =
                words(body).filter(|word| variables.contains(word)).collect();
            let bound = |word: &&&str| {
                let binds = [format!("let {word}"), format!(":> {word}"), format!("each {word}")];
                binds.iter().any(|text| body.contains(text))
            };
            let needed: BTreeSet<&str> =
                mentioned.iter().filter(|word| !bound(word)).copied().collect();
            assert_eq!(frame.into_iter().collect::<BTreeSet<_>>(), needed, "in {segment}");
        }
    }
}

/// The variables of a frame and what follows it; nothing for a source.
fn frame(segment: &str) -> Option<(Vec<&str>, &str)> {
    let (head, body) = segment.split_once('\n')?;
    let (_, frame) = head.split_once(' ').filter(|_| !head.starts_with("source"))?;
    Some((words(frame).collect(), body))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty() && *word != "_")
}
