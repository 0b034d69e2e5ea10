//! A trait of the user that gives everything methods with the names of the runtime's.
#![deny(warnings)]

use rama_core::prelude::*;

trait Everything {
    fn hash(&self) {}
    fn all(&self) {}
    fn global(&self) {}
    fn origin(&self) {}
    fn direct(&self) {}
    fn custom(&self) {}
    fn hash_in(&self) {}
    fn hop(&self) {}
    fn enter(&self) {}
    fn defer(&self) {}
    fn mark(&self) {}
    fn settle(&self) {}
    fn call(&self) {}
    fn run(&self) {}
    fn emit(&self) {}
    fn current_task_id(&self) {}
    fn local_select(&self) {}
    fn local_transform(&self) {}
    fn ack_return(&self) {}
    fn await_future(&self) {}
    fn depot_append(&self) {}
    fn assume_home(&self) {}
}

impl<T> Everything for T {}

defmodule! {
    pub NumbersModule {
        depot *numbers: u64, random;
        op around(number: u64) :> number: u64 {
            |direct(0);
            |shuffle();
            emit(number);
        }
        op more(number: u64) :> number: u64 {
            emit(number + 1);
        }
        stream numbers {
            pstate $$seen: Map<u64, u64>;
            sources! {
                source(*numbers) :> number;
                |all();
                |global();
                |origin();
                |custom(|tasks| tasks - 1);
                |hash($$seen, number);
                assume_home(number);
                around(number) :> number;
                more(number) :> number;
                current_task_id() :> task;
                loop (at = 0) {
                    |hash(at);
                    emit(at);
                    filter(at < 3);
                    continue_with(at + 1);
                } :> at;
                atomic { more(number) :> number; depot_append(*numbers, number); }
                await_future(std::future::ready(number)) :> number;
                select([must(number)], $$seen) :> seen;
                local_transform([keypath(number), termval(seen)], $$seen);
                ack_return((task, at));
            }
        }
    }
}

fn main() {
    ().hash();
    let _ = (NumbersModule, ().hash());
}
