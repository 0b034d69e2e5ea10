//! What the language has and the runtime does not have yet: futures, and appends from topologies.

use proc_macro2::Ident;

use super::{Plan, Step, Wait};

/// The operators of a plan that cannot run. Their topologies and operations become code for editors only.
pub(crate) fn take_missing(plan: &mut Plan) -> Vec<Ident> {
    let mut missing = Vec::new();
    let ops = plan.ops.iter_mut().map(|op| (&op.segments, &mut op.broken));
    let topologies = plan.topologies.iter_mut().map(|one| (&one.segments, &mut one.broken));
    for (segments, broken) in ops.chain(topologies) {
        let before = missing.len();
        segments.iter().for_each(|segment| collect(&segment.body, &mut missing));
        *broken |= missing.len() > before;
    }
    missing
}

fn collect(steps: &[Step], missing: &mut Vec<Ident>) {
    for step in steps {
        match step {
            Step::Append { operator, .. }
            | Step::Wait { what: Wait::Future { operator, .. }, .. }
            | Step::Wait { what: Wait::Append { operator, .. }, .. } => {
                missing.push(operator.clone());
            }
            _ => step.inside().into_iter().for_each(|inner| collect(inner, missing)),
        }
    }
}
