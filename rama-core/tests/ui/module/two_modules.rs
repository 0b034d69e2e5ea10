use rama_core::prelude::*;

defmodule! {
    pub UsersModule {}
    pub PostsModule {}
}

fn main() {}
