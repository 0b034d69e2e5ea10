//! Recognises the lines of `git log --stat` and `--shortstat`. It does not read them: their paths are
//! shortened and their counts are drawn, so no figures can be made of them.

/// True for ` path | 12 ++--`, ` path | Bin 0 -> 9 bytes` and ` 3 files changed, …`. They are indented
/// by one space; a message is indented by four.
pub(super) fn is_stat(line: &[u8]) -> bool {
    let Some(text) = line.strip_prefix(b" ").and_then(|text| std::str::from_utf8(text).ok()) else {
        return false;
    };
    if text.starts_with(' ') {
        return false;
    }
    let of_file = text.rsplit_once(" | ").is_some_and(|(_, change)| is_change(change));
    of_file || is_sum(text)
}

fn is_change(written: &str) -> bool {
    let mut words = written.split_whitespace();
    let first = words.next().unwrap_or_default();
    let is_drawn = |word: &str| word.bytes().all(|byte| matches!(byte, b'+' | b'-'));
    first == "Bin" || is_number(first) && words.all(is_drawn)
}

fn is_sum(text: &str) -> bool {
    let mut words = text.split([' ', ',']);
    words.next().is_some_and(is_number)
        && matches!(words.next(), Some("file" | "files"))
        && words.next() == Some("changed")
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stat_writes_is_recognised() {
        for line in [
            " src/main.rs        |  12 ++--",
            " empty | 0",
            " a => b | 2 +-",
            " odd | name |   1 +",
            " logo.png | Bin 0 -> 12 bytes",
            " 1 file changed, 1 insertion(+)",
            " 3 files changed, 4 insertions(+), 2 deletions(-)",
        ] {
            assert!(is_stat(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn messages_counts_and_summaries_are_not() {
        for line in [
            "    src/main.rs | 12 ++--",
            "src/main.rs | 12 ++--",
            "1\t2\tf",
            " create mode 100644 src/main.rs",
            " a | b",
            " | ",
            " 3 files were changed",
            "",
            " ",
        ] {
            assert!(!is_stat(line.as_bytes()), "{line}");
        }
    }
}
