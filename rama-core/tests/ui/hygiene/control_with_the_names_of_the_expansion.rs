//! Loops, operations and branches beside the flow, whose variables have the names that the expansion uses.
#![deny(warnings)]

use rama_core::prelude::*;

defop! {
    /// An operation with the name of a variable of the expansion.
    pub flow(emit: i64, caller: i64) :> cx: i64 {
        |hash(emit);
        emit(emit + caller);
    }
}

defmodule! {
    pub NamesModule {
        use op flow;

        depot *rounds: (i64, i64), hash_by(|event| event.0);

        op mark(cx: i64, mut emit: i64) :> stream: i64 {
            emit += 1;
            if cx > 3 { explode(0..cx) :> joined; } else { let joined = emit; }
            emit(joined + cx + emit);
        }

        op parity(module: i64) :> even: i64, odd: i64 {
            if module % 2 == 0 { emit(even: module); } else { emit(odd: module); }
        }

        op ops(module: i64) {
            local_transform([keypath(module), termval(module)], $$round);
        }

        stream module {
            pstate $$round: Map<i64, i64>;

            sources! {
                source(*rounds) :> (cx, rounds);
                let mut joined = rounds;
                loop (round = cx, mut values = rounds) {
                    values += round;
                    if round > 3 { explode(0..3) :> joined; emit(joined + values); } else { emit(joined); }
                    filter(round < 9);
                    continue_with(round + 1, values);
                } :> next_round;
                joined += 1;
                mark(next_round, joined) :> caller;
                joined += caller;
                match parity(caller) {
                    even(stream) => let stream = stream + 1,
                    odd(stream) => { filter(stream > joined); let stream = stream; }
                }
                atomic { mark(stream, 3) :> mark; ops(mark); }
                anchor 'mark;
                flow(stream, cx) :> frame;
                loop (cx = frame, next_round = 0) {
                    |hash(cx);
                    emit(cx);
                    yield_if_overtime();
                    continue_with(cx + 1, next_round + 1);
                } :> after_loop;
                let (keep, timeout, level) = (after_loop, std::time::Duration::from_secs(3), cx);
                await_future(async move { level + keep }, timeout: timeout) :> depot_rounds;
                depot_append(*rounds, (depot_rounds, cx), append_ack);
                let (1, append_ack) = (cx, depot_rounds) else { filter(false); };
                let Some(end0) = Some(append_ack) else {
                    if cx > 1 { return Err(EventError::new("it is large")); } else { filter(false); }
                };
                let Some(append_ack) = (end0 > 3).then_some(append_ack) else {
                    if cx > 1 { return Err(EventError::new("it is large")); } else { panic!("it is small"); }
                };
                let Ok(append_ack): std::result::Result<_, i64> = Ok(append_ack) else {
                    return Err(EventError::new("never"));
                };
                depot_append(*rounds, (level, append_ack));
                ack_return(append_ack + cx + next_round + keep);
                from 'mark { ack_return(joined); }
            }
        }
    }
}

fn main() {}
