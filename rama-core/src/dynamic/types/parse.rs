//! A type from its text. Errors name the byte at which the mistake stands; meaning is judged elsewhere.

use super::{Float, Int, Tracking, Type};
use crate::dynamic::error::DynamicError;
use std::str::FromStr;

/// Nesting of a type. A stored value may be nested 128 levels deep, and no schema written by a person comes
/// near half of that; the functions that walk a type call themselves once per level.
const DEPTH_MAX: usize = 64;

/// Elements of an array: as many as serde knows arrays of.
const ARRAY_MAX: usize = 32;

/// What a type can be, for messages.
const POSSIBLE: &str = "a type is `Map<K, V>`, `Set<E>`, `List<V>`, `Subindexed<..>`, `{ field: T, .. }`, a number \
     such as `u64`, `bool`, `char`, `String`, `Uuid`, `Option<T>`, `Vec<T>`, `BTreeMap<K, V>`, \
     `BTreeSet<E>`, `(A, B)`, `[T; 3]`, `json` or the name of a type of yours";

impl FromStr for Type {
    type Err = DynamicError;

    fn from_str(text: &str) -> Result<Self, DynamicError> {
        let mut parser = Parser { text, at: 0, depth: 0 };
        let ty = parser.ty()?;
        parser.skip_blanks();
        if parser.at < text.len() {
            return Err(parser.error("the type is complete here: leave away what follows"));
        }
        Ok(ty)
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn error(&self, reason: impl Into<String>) -> DynamicError {
        DynamicError::Type { column: self.at + 1, reason: reason.into() }
    }

    fn ty(&mut self) -> Result<Type, DynamicError> {
        if self.depth == DEPTH_MAX {
            return Err(self.error(format!("a type may be nested {DEPTH_MAX} levels deep")));
        }
        self.depth += 1;
        let ty = match self.peek() {
            Some('(') => self.tuple(),
            Some('[') => self.array(),
            Some('{') => self.record(),
            Some(symbol) if symbol.is_alphabetic() || symbol == '_' => self.named(),
            Some(symbol) => Err(self.error(format!("no type begins with `{symbol}`: {POSSIBLE}"))),
            None => Err(self.error(format!("a type is missing: {POSSIBLE}"))),
        }?;
        self.depth -= 1;
        Ok(ty)
    }

    fn tuple(&mut self) -> Result<Type, DynamicError> {
        self.expect('(')?;
        let mut elements = Vec::new();
        let mut comma = false;
        while self.peek() != Some(')') {
            elements.push(self.ty()?);
            comma = self.takes(',');
            if !comma {
                break;
            }
        }
        self.expect(')')?;
        match (elements.pop(), elements.is_empty()) {
            (None, _) => Ok(Type::Unit),
            (Some(only), true) if !comma => Ok(only),
            (Some(last), _) => {
                elements.push(last);
                Ok(Type::Tuple(elements))
            }
        }
    }

    fn array(&mut self) -> Result<Type, DynamicError> {
        self.expect('[')?;
        let element = self.ty()?;
        self.expect(';')?;
        self.skip_blanks();
        let start = self.at;
        let digits = self.take_while(|symbol| symbol.is_ascii_digit());
        let Some(count) = digits.parse().ok().filter(|count| *count <= ARRAY_MAX) else {
            self.at = start;
            let reason = format!("an array has 0 to {ARRAY_MAX} elements: write `[T; 3]`");
            return Err(self.error(reason));
        };
        self.expect(']')?;
        Ok(Type::Array(Box::new(element), count))
    }

    fn record(&mut self) -> Result<Type, DynamicError> {
        self.expect('{')?;
        let mut fields: Vec<(String, Type)> = Vec::new();
        while self.peek() != Some('}') {
            let start = self.at;
            let name = self.word();
            if name.is_empty() {
                return Err(self.error("the name of a field is missing: write `{ name: String }`"));
            }
            if fields.iter().any(|(known, _)| known == name) {
                self.at = start;
                return Err(self.error(format!("there is a field `{name}` already")));
            }
            self.expect(':')?;
            fields.push((name.to_owned(), self.ty()?));
            if !self.takes(',') {
                break;
            }
        }
        self.expect('}')?;
        if fields.is_empty() {
            return Err(self.error("a record has at least one field: write `{ name: String }`"));
        }
        Ok(Type::Record(fields))
    }

    /// A name with what stands between its angle brackets. Modules in front of the name are left out, as in
    /// the descriptions of typed schemas.
    fn named(&mut self) -> Result<Type, DynamicError> {
        self.skip_blanks();
        let start = self.at;
        let mut name = self.word();
        while self.text[self.at..].starts_with("::") {
            self.at += 2;
            name = self.word();
        }
        if name == "Subindexed" {
            return self.subindexed();
        }
        let mut arguments = Vec::new();
        if self.takes('<') {
            while self.peek() != Some('>') {
                arguments.push(self.ty()?);
                if !self.takes(',') {
                    break;
                }
            }
            self.expect('>')?;
        }
        let end = std::mem::replace(&mut self.at, start);
        let ty = self.make(name, arguments)?;
        self.at = end;
        Ok(ty)
    }

    fn subindexed(&mut self) -> Result<Type, DynamicError> {
        self.expect('<')?;
        let inner = self.ty()?;
        let mut tracking = Tracking::Counted;
        if self.takes(',') && self.peek() != Some('>') {
            let start = self.at;
            tracking = match self.word() {
                "Counted" => Tracking::Counted,
                "Uncounted" => Tracking::Uncounted,
                _ => {
                    self.at = start;
                    return Err(self.error(
                        "`Subindexed<S>` keeps its size and `Subindexed<S, Uncounted>` does not: nothing else \
                         can stand here",
                    ));
                }
            };
            self.takes(',');
        }
        self.expect('>')?;
        Ok(Type::Subindexed(Box::new(inner), tracking))
    }

    fn make(&self, name: &str, arguments: Vec<Type>) -> Result<Type, DynamicError> {
        let count = arguments.len();
        let mut boxed = arguments.into_iter().map(Box::new);
        let wrong = |takes: &str| {
            Err(self.error(format!("`{name}` takes {takes}, and here it has {count}: {POSSIBLE}")))
        };
        let (first, second) = (boxed.next(), boxed.next());
        match (name, first, second, count) {
            ("Option", Some(one), None, _) => Ok(Type::Option(one)),
            ("Set", Some(one), None, _) => Ok(Type::Set(one)),
            ("List", Some(one), None, _) => Ok(Type::List(one)),
            ("Vec", Some(one), None, _) => Ok(Type::Vec(one)),
            ("BTreeSet", Some(one), None, _) => Ok(Type::BTreeSet(one)),
            ("Map", Some(key), Some(value), 2) => Ok(Type::Map(key, value)),
            ("BTreeMap", Some(key), Some(value), 2) => Ok(Type::BTreeMap(key, value)),
            ("Option" | "Set" | "List" | "Vec" | "BTreeSet", ..) => wrong("one type"),
            ("Map" | "BTreeMap", ..) => wrong("two types"),
            ("HashMap" | "HashSet", ..) => Err(self.error(format!(
                "`{name}` has no order: use `BTree{}`",
                name.trim_start_matches("Hash")
            ))),
            (_, None, ..) => Ok(plain(name)),
            (_, Some(first), second, _) => {
                let all = std::iter::once(first).chain(second).chain(boxed);
                let texts: Vec<_> = all.map(|ty| ty.to_string()).collect();
                Ok(Type::Opaque(format!("{name}<{}>", texts.join(", "))))
            }
        }
    }

    fn expect(&mut self, symbol: char) -> Result<(), DynamicError> {
        if self.takes(symbol) {
            return Ok(());
        }
        let found = self.peek().map_or("the end".to_owned(), |found| format!("`{found}`"));
        Err(self.error(format!("`{symbol}` is expected here, and {found} stands here")))
    }

    fn takes(&mut self, symbol: char) -> bool {
        let takes = self.peek() == Some(symbol);
        if takes {
            self.at += symbol.len_utf8();
        }
        takes
    }

    /// The next symbol that is no blank.
    fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.text[self.at..].chars().next()
    }

    fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    fn word(&mut self) -> &'t str {
        self.take_while(|symbol| symbol.is_alphanumeric() || symbol == '_')
    }

    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = &self.text[self.at..];
        let taken = rest.find(|symbol| !fits(symbol)).map_or(rest, |end| &rest[..end]);
        self.at += taken.len();
        taken
    }
}

/// A type whose name says all.
fn plain(name: &str) -> Type {
    if let Some((_, int)) = Int::NAMES.iter().find(|(known, _)| *known == name) {
        return Type::Int(*int);
    }
    match name {
        "json" => Type::Json,
        "bool" => Type::Bool,
        "char" => Type::Char,
        "String" => Type::Text,
        "Uuid" => Type::Uuid,
        "f32" => Type::Float(Float::F32),
        "f64" => Type::Float(Float::F64),
        _ => Type::Opaque(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Type, DynamicError> {
        text.parse()
    }

    #[test]
    fn the_text_of_a_type_comes_back() {
        for text in [
            "Map<String, Subindexed<Map<i64, Set<u64>>>>",
            "List<Option<String>>",
            "(u64, String)",
            "(u8,)",
            "()",
            "Vec<u8>",
            "BTreeMap<char, BTreeSet<(i8, u128)>>",
            "Subindexed<Set<Uuid>, Uncounted>",
            "[f32; 3]",
            "{ name: String, followers: Subindexed<Set<u64>> }",
            "Map<u64, json>",
            "Map<u64, Post>",
            "Page<Post, u8, bool>",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn blanks_modules_and_trailing_commas_are_left_out() {
        let spaced = " Map < std::string::String , {a:u8 ,} > ";
        assert_eq!(parse(spaced).unwrap().to_string(), "Map<String, { a: u8 }>");
        assert_eq!(parse("((u8))").unwrap(), parse("u8").unwrap());
        assert_eq!(parse("Subindexed<Set<u8>, Counted>"), parse("Subindexed<Set<u8>,>"));
    }

    #[test]
    fn an_error_names_the_column_and_what_is_possible() {
        for (text, column, part) in [
            ("", 1, "a type is missing"),
            ("Map<String>", 1, "takes two types, and here it has 1"),
            ("Map<u8, Set<u8, u8>>", 9, "takes one type, and here it has 2"),
            ("Map<u8 u8>", 8, "`>` is expected here, and `u` stands here"),
            ("List<u8", 8, "`>` is expected here, and the end stands here"),
            ("u8 u8", 4, "the type is complete here"),
            ("{ a u8 }", 5, "`:` is expected"),
            ("{ a: u8, a: u8 }", 10, "there is a field `a` already"),
            ("{}", 3, "at least one field"),
            ("[u8; x]", 6, "an array has 0 to 32 elements"),
            ("[u8; 33]", 6, "an array has 0 to 32 elements"),
            ("Subindexed<Set<u8>, Sized>", 21, "nothing else can stand here"),
            ("HashMap<u8, u8>", 1, "use `BTreeMap`"),
            ("List<->", 6, "no type begins with `-`"),
        ] {
            let error = parse(text).unwrap_err();
            let DynamicError::Type { column: found, ref reason } = error else {
                panic!("{error:?}")
            };
            assert_eq!(found, column, "{text}: {reason}");
            assert!(reason.contains(part), "{text}: {reason}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth| "Vec<".repeat(depth) + "u8" + &">".repeat(depth);
        parse(&nested(DEPTH_MAX - 1)).unwrap();
        let error = parse(&nested(DEPTH_MAX)).unwrap_err().to_string();
        assert!(error.contains("64 levels"), "{error}");
        assert!(parse(&nested(100_000)).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_type_that_prints_as_itself_or_an_error(
            text in "[MapSetLis<>(),{}:;u8 \\[\\]ß]{0,24}",
        ) {
            if let Ok(ty) = parse(&text) {
                prop_assert_eq!(parse(&ty.to_string()), Ok(ty));
            }
        }
    }
}
