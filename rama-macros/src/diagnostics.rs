//! Messages to the user: collected through a stage, reported together.
//!
//! A stage reports and goes on; the pipeline asks at the end whether anything was reported.

use proc_macro2::{Span, TokenStream};

/// All messages of one expansion. Dropping it unread would lose them, so that panics.
#[derive(Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
    read: bool,
}

struct Diagnostic {
    span: Span,
    text: String,
}

impl Diagnostics {
    /// Reports a mistake at a token of the user, with what to write instead.
    pub(crate) fn error(&mut self, span: Span, message: impl AsRef<str>, help: impl AsRef<str>) {
        let text = format!("{}\nhelp: {}", message.as_ref(), help.as_ref());
        self.list.push(Diagnostic { span, text });
    }

    /// How many messages there are: a part is broken when the number grew while it was read.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// The messages as `compile_error!` calls, each at its token.
    pub(crate) fn into_tokens(mut self) -> TokenStream {
        self.read = true;
        let list = std::mem::take(&mut self.list);
        list.into_iter()
            .map(|one| syn::Error::new(one.span, one.text).into_compile_error())
            .collect()
    }

    /// The messages as plain text, for unit tests.
    #[cfg(test)]
    pub(crate) fn into_text(mut self) -> String {
        self.read = true;
        let line = |one: &Diagnostic| {
            let at = one.span.start();
            format!("{}:{} {}\n", at.line, at.column + 1, one.text)
        };
        self.list.iter().map(line).collect()
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        let lost = !self.read && !self.list.is_empty();
        assert!(!lost || std::thread::panicking(), "diagnostics were collected and never reported");
    }
}
