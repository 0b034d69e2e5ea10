//! Text that came from strangers, made fit for one line of a terminal: control characters escaped,
//! widths measured, long names shortened in the middle.

/// The text with everything escaped that could move the cursor, change colours, hide or reorder
/// what is shown: control characters (`\n`, `\u{1b}`), line separators, zero-width spaces and the
/// marks that turn the direction of writing.
pub fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_dangerous(letter) {
            safe.extend(letter.escape_default());
        } else {
            safe.push(letter);
        }
    }
    safe
}

/// True for what [`escape`] escapes.
pub fn is_dangerous(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
        || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The columns a text takes in a terminal. An estimate by blocks of Unicode: East Asian letters and
/// pictures take two, combining marks none; rare scripts may differ from what a terminal does.
pub fn width(text: &str) -> usize {
    text.chars().map(letter_width).sum()
}

/// The text in at most `limit` columns (at least 3): if it is longer, its middle is replaced by
/// `…`, because the ends of a path or a name say most.
pub fn shorten(text: &str, limit: usize) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(1).max(2);
    let end_room = room.div_ceil(2);
    let start = take_width(text.chars(), room - end_room);
    let end: String = take_width(text.chars().rev(), end_room).chars().rev().collect();
    format!("{start}…{end}")
}

fn take_width(letters: impl Iterator<Item = char>, room: usize) -> String {
    let mut used = 0;
    letters
        .take_while(|&letter| {
            used += letter_width(letter);
            used <= room
        })
        .collect()
}

fn letter_width(letter: char) -> usize {
    match letter {
        '\u{300}'..='\u{36f}' | '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}'
        | '\u{1f900}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_direction_marks_are_escaped() {
        assert_eq!(escape("a\nb\tc\u{1b}[31m"), "a\\nb\\tc\\u{1b}[31m");
        assert_eq!(escape("x\u{7f}\u{9b}\u{202e}y"), "x\\u{7f}\\u{9b}\\u{202e}y");
        assert_eq!(escape("Zoë 李 👩\u{200d}💻 \"'"), "Zoë 李 👩\u{200d}💻 \"'");
    }

    #[test]
    fn short_texts_stay_and_long_ones_lose_their_middle() {
        assert_eq!(shorten("src/main.rs", 11), "src/main.rs");
        assert_eq!(shorten("src/deep/er/main.rs", 11), "src/d…in.rs");
        assert_eq!(shorten("abcdef", 1), "a…f");
        assert_eq!(shorten("", 5), "");
    }

    #[test]
    fn wide_letters_count_twice_and_never_exceed_the_limit() {
        assert_eq!(width("李e\u{301}"), 3);
        for limit in 3..20 {
            let short = shorten("李李李李李-李李李李李", limit);
            assert!(width(&short) <= limit, "{short} in {limit}");
        }
    }
}
