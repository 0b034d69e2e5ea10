//! Words that begin something the language does not look into, or does not have.

/// Declarations of the original that do not exist yet.
pub(crate) const LATER: &[&str] = &["microbatch", "query", "object", "mirror", "tick"];

/// Whether a word begins an ordinary Rust item.
pub(crate) fn begins_item(word: &str) -> bool {
    const ITEMS: &[&str] = &[
        "async",
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "macro_rules",
        "mod",
        "pub",
        "static",
        "struct",
        "trait",
        "type",
        "union",
        "unsafe",
        "use",
    ];
    ITEMS.contains(&word)
}

/// Whether a word begins a Rust statement that ends with its block.
pub(crate) fn begins_block(word: &str) -> bool {
    ["for", "while", "loop", "unsafe"].contains(&word)
}
