//! Variables that others of their names hide, with the names that the expansion gives them, and a place
//! that could need them and does not.
#![deny(warnings, clippy::all)]

use rama_core::prelude::*;

defmodule! {
    pub UsersModule {
        depot *users: (i64, Vec<i64>), random;
        op stream(caller: i64) :> caller: i64 {
            |hash(caller);
            let caller_hidden0 = caller;
            if caller > 3 { let caller = caller_hidden0 + 1; |all(); emit(caller); }
            emit(caller);
        }
        stream users {
            sources! {
                source(*users) :> (id, mut list);
                let list_hidden1 = list.len();
                if id > 3 {
                    list.push(id);
                    if id > 4 { explode(list.clone()) :> list; } else { let list = id; filter(list > 5); }
                    println!("{list}");
                } else {
                    match list.first().copied() {
                        Some(list) if list > id => { println!("{list}"); explode([list]) :> _; }
                        _ => if id > 2 {
                            let list = { list.push(3); list.len() };
                            println!("{list}");
                            filter(false);
                        }
                    }
                }
                loop (n = id) {
                    |hash(n);
                    if n > 3 { let list_hidden1 = n; explode([list_hidden1]) :> _; }
                    emit(id);
                } :> n;
                stream(n) :> id;
                println!("{id} {list_hidden1}");
                ack_return(list);
            }
        }
    }
}

fn main() {}
