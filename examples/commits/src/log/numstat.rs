//! One line of `--numstat`: two counts and a path, which git may quote or write as a rename.

use super::{Reason, lossy};
use crate::event::FileChange;

/// The lines of one file a commit can add or remove; more than a file can hold that git reads. It
/// keeps sums of billions of such numbers inside 64 bits.
const COUNT_MAX: u64 = u32::MAX as u64;

const ARROW: &[u8] = b" => ";

/// The start of a numstat line.
pub(super) struct Counts<'a> {
    pub(super) added: u64,
    pub(super) removed: u64,
    pub(super) binary: bool,
    /// What follows the second tab.
    pub(super) rest: &'a [u8],
}

impl Counts<'_> {
    pub(super) fn of(&self, path: &[u8]) -> FileChange {
        FileChange {
            path: lossy(path),
            added: self.added,
            removed: self.removed,
            binary: self.binary,
        }
    }
}

/// Splits `added<tab>removed<tab>rest`; a binary file has `-` for both counts.
pub(super) fn counts(line: &[u8]) -> Result<Counts<'_>, Reason> {
    let mut parts = line.splitn(3, |&byte| byte == b'\t');
    let (Some(added), Some(removed), Some(rest)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err(Reason::Numstat);
    };
    if added == b"-" && removed == b"-" {
        return Ok(Counts { added: 0, removed: 0, binary: true, rest });
    }
    Ok(Counts { added: count(added)?, removed: count(removed)?, binary: false, rest })
}

fn count(digits: &[u8]) -> Result<u64, Reason> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Err(Reason::Numstat);
    }
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
    number.filter(|&number: &u64| number <= COUNT_MAX).ok_or(Reason::Count)
}

/// The path of a numstat line in text form, unquoted; of a rename the new path. A path that really
/// contains ` => ` cannot be told from a rename in this form.
pub(super) fn path(written: &[u8]) -> Result<Vec<u8>, Reason> {
    if written.is_empty() {
        return Err(Reason::Numstat);
    }
    if written.starts_with(b"\"") {
        let (old, rest) = unquote(written)?;
        return match rest.strip_prefix(ARROW) {
            Some(new) if new.starts_with(b"\"") => whole(new),
            Some(new) if !new.is_empty() => Ok(new.to_vec()),
            None if rest.is_empty() => Ok(old),
            _ => Err(Reason::Quote),
        };
    }
    if let Some(start) = find(written, b" => \"").filter(|_| written.ends_with(b"\"")) {
        return whole(&written[start + ARROW.len()..]);
    }
    Ok(renamed(written).unwrap_or_else(|| written.to_vec()))
}

/// The new path of `old => new` or `start/{old => new}/end`; `None` if it is neither.
fn renamed(written: &[u8]) -> Option<Vec<u8>> {
    let arrow = find(written, ARROW)?;
    let after = arrow + ARROW.len();
    if let (Some(open), Some(close)) = (opening(&written[..arrow]), closing(&written[after..])) {
        let (start, new) = (&written[..open], &written[after..after + close]);
        let mut end = &written[after + close + 1..];
        // `src/{old => }/f` names `src/f`: one of the two slashes belongs to the part that is gone.
        if new.is_empty() && end.starts_with(b"/") {
            end = &end[1..];
        }
        return Some([start, new, end].concat());
    }
    (after < written.len()).then(|| written[after..].to_vec())
}

/// Where the brace opens that encloses the arrow after `text`: at the start or after a slash, as
/// git writes it.
fn opening(text: &[u8]) -> Option<usize> {
    let position = unmatched(text.iter().rev(), b'{', b'}')?;
    let index = text.len() - 1 - position;
    (index == 0 || text[index - 1] == b'/').then_some(index)
}

/// Where the brace closes that encloses the arrow before `text`: at the end or before a slash.
fn closing(text: &[u8]) -> Option<usize> {
    let index = unmatched(text.iter(), b'}', b'{')?;
    (index + 1 == text.len() || text[index + 1] == b'/').then_some(index)
}

/// The first `wanted` brace that has no partner; names may contain braces of their own.
fn unmatched<'a>(text: impl Iterator<Item = &'a u8>, wanted: u8, partner: u8) -> Option<usize> {
    let mut open = 0_usize;
    for (index, &byte) in text.enumerate() {
        if byte == partner {
            open += 1;
        } else if byte == wanted {
            if open == 0 {
                return Some(index);
            }
            open -= 1;
        }
    }
    None
}

/// A quoted text that ends with its closing quote.
fn whole(quoted: &[u8]) -> Result<Vec<u8>, Reason> {
    match unquote(quoted)? {
        (text, []) => Ok(text),
        _ => Err(Reason::Quote),
    }
}

/// Undoes git's quoting as in C (`"a\tb\303\251"`) and gives what follows the closing quote.
fn unquote(quoted: &[u8]) -> Result<(Vec<u8>, &[u8]), Reason> {
    let mut text = Vec::with_capacity(quoted.len());
    let mut rest = quoted.get(1..).ok_or(Reason::Quote)?;
    loop {
        let (&byte, after) = rest.split_first().ok_or(Reason::Quote)?;
        rest = after;
        match byte {
            b'"' => return Ok((text, rest)),
            b'\\' => {
                let (byte, after) = escaped(rest)?;
                text.push(byte);
                rest = after;
            }
            byte => text.push(byte),
        }
    }
}

fn escaped(rest: &[u8]) -> Result<(u8, &[u8]), Reason> {
    let (&letter, after) = rest.split_first().ok_or(Reason::Quote)?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b't' => b'\t',
        b'n' => b'\n',
        b'v' => 0x0b,
        b'f' => 0x0c,
        b'r' => b'\r',
        b'"' | b'\\' => letter,
        b'0'..=b'3' => return octal(rest),
        _ => return Err(Reason::Quote),
    };
    Ok((byte, after))
}

fn octal(rest: &[u8]) -> Result<(u8, &[u8]), Reason> {
    let (digits, after) = rest.split_at_checked(3).ok_or(Reason::Quote)?;
    let mut value = 0;
    for &digit in digits {
        if !(b'0'..=b'7').contains(&digit) {
            return Err(Reason::Quote);
        }
        value = value * 8 + (digit - b'0');
    }
    Ok((value, after))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(written: &str) -> Result<String, Reason> {
        path(written.as_bytes()).map(|path| lossy(&path))
    }

    #[test]
    fn counts_and_rest_are_split_at_the_first_two_tabs() {
        let counts = counts(b"12\t3\ta\tb").unwrap();
        assert_eq!((counts.added, counts.removed, counts.binary), (12, 3, false));
        assert_eq!(counts.rest, b"a\tb");
        assert!(super::counts(b"-\t-\tbin").unwrap().binary);
    }

    #[test]
    fn lines_that_are_not_numstat_say_why() {
        for line in ["", "12", "12\t3", "a\t3\tf", "-1\t3\tf", "1\t-\tf", "\t3\tf", " 1\t3\tf"] {
            assert_eq!(counts(line.as_bytes()).map(|_| ()), Err(Reason::Numstat), "{line:?}");
        }
        for line in ["4294967296\t0\tf", "0\t99999999999999999999999\tf"] {
            assert_eq!(counts(line.as_bytes()).map(|_| ()), Err(Reason::Count), "{line:?}");
        }
        assert_eq!(counts(b"4294967295\t0\tf").unwrap().added, COUNT_MAX);
    }

    #[test]
    fn quoted_paths_are_unquoted() {
        assert_eq!(read(r#""q\"t\tu\\.txt""#).as_deref(), Ok("q\"t\tu\\.txt"));
        assert_eq!(read(r#""s/\303\251.txt""#).as_deref(), Ok("s/é.txt"));
        assert_eq!(path(br#""\377""#).as_deref(), Ok(&[0xff][..]));
        assert_eq!(
            read("with space \"inside\" quotes").as_deref(),
            Ok("with space \"inside\" quotes")
        );
    }

    #[test]
    fn broken_quotes_are_refused() {
        for written in [r#"""#, r#""a"#, r#""a\"#, r#""\9""#, r#""\40"#, r#""a"b"#, r#""a" => "b"#]
        {
            assert_eq!(read(written), Err(Reason::Quote), "{written}");
        }
        assert_eq!(read(""), Err(Reason::Numstat));
    }

    #[test]
    fn a_rename_counts_under_its_new_path() {
        let cases = [
            ("old => new", "new"),
            ("src/{old => new}/f.rs", "src/new/f.rs"),
            ("src/{ => sub}/f.rs", "src/sub/f.rs"),
            ("src/{sub => }/f.rs", "src/f.rs"),
            ("{sub => }/f.rs", "f.rs"),
            ("{a => b}/f.rs", "b/f.rs"),
            ("dir/{a.rs => b.rs}", "dir/b.rs"),
            ("{x}/{a => b}/f", "{x}/b/f"),
            ("{d/{a} => e}/f", "e/f"),
            ("{a => {b}}/f", "{b}/f"),
            ("a{b => c}d", "c}d"),
            (r#""a\tb" => c"#, "c"),
            (r#"a => "c\td""#, "c\td"),
            (r#""a\"" => "b\"""#, "b\""),
        ];
        for (written, expected) in cases {
            assert_eq!(read(written).as_deref(), Ok(expected), "{written}");
        }
    }

    #[test]
    fn a_path_without_an_arrow_stays_as_it_is() {
        for written in ["a b", "=>", "a =>", "{a}", "a=>b", "x =>y", " => "] {
            assert_eq!(read(written).as_deref(), Ok(written), "{written}");
        }
    }
}
