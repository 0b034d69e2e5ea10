//! What editors need and rustc does not: completion, documentation and declarations of what is no Rust.
//!
//! Nothing here changes what a program means: an editor gets more of it. rustc pays nothing for that.

mod caret;
mod mention;
mod vocabulary;

use proc_macro2::TokenStream;

pub(crate) use caret::at_caret;
pub(crate) use mention::{Mention, Mentions, Vocabulary};
pub(crate) use vocabulary::vocabulary;

/// Who reads an expansion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reader {
    Compiler,
    /// rust-analyzer, or another editor with its macro server.
    Editor,
}

impl Reader {
    /// Who called the macro: rust-analyzer has a program of its own that runs macros. Should it get another name, completion
    /// and documentation are those of plain Rust.
    pub(crate) fn here() -> Self {
        let program = std::env::current_exe().unwrap_or_default();
        let name = program.file_name().unwrap_or_default().to_string_lossy();
        if name.contains("rust-analyzer") { Self::Editor } else { Self::Compiler }
    }

    /// What an editor shows something about.
    pub(crate) fn mentions(self, input: &TokenStream) -> Option<Mentions> {
        (self == Self::Editor).then(|| Mentions::of(input))
    }

    /// Expands for this reader.
    pub(crate) fn expand(
        self,
        input: TokenStream,
        expand: impl Fn(TokenStream, Self) -> TokenStream,
    ) -> TokenStream {
        match self {
            Self::Compiler => expand(input, self),
            Self::Editor => at_caret(input, |input| expand(input, self)),
        }
    }
}
