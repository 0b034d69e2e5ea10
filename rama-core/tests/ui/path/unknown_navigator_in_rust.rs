use rama_core::prelude::*;

fn read<P>(_: impl FnOnce(&str) -> P) {}

fn main() {
    read(path![keypth(1)]);
}
