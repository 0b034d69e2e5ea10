//! Variables of the user with the names that the expansion uses.
#![deny(warnings)]

use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *flow: (i64, i64, i64), hash_by(|event| event.0);
        stream module {
            pstate $$cx: Map<i64, i64>;
            sources! {
                source(*flow) :> (cx, flow, module);
                let (route, joined, event, link) = (cx, flow, module, flow);
                let (pstate_cx, depot_flow, after_hash) = (route, joined, event + link);
                |hash(cx);
                if flow > 3 { explode(0..3) :> path; } else { let path = module; }
                |hash(after_hash);
                local_select([keypath(cx), nil_to_val(0)], $$cx) :> at;
                local_transform([keypath(depot_flow), termval(at + path)], $$cx);
                ack_return(pstate_cx);
            }
        }
    }
}

fn main() {}
