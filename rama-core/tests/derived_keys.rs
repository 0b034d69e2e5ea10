//! `#[derive(Key)]` against `#[derive(Ord)]`, on types that nest in each other.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use rama_core::codec::{CodecError, Key, decode_whole_key};

/// A unit, a tuple and a field of each kind of length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct Place<I> {
    country: String,
    kind: Kind,
    parts: Vec<Kind>,
    id: I,
    end: End,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
enum Kind {
    Unknown,
    Town(String),
    Range { from: i16, to: Option<Small> },
    Pair(Small, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct Small(i8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct End;

/// Sorts by its discriminants, which are in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
enum Level {
    Low = -3,
    Middle,
    High = 7,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct Tree {
    name: String,
    children: Vec<Self>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
struct Grid<K, const N: usize>
where
    K: Debug,
{
    cells: [K; N],
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
enum Never {}

fn encode<K: Key>(key: &K) -> Vec<u8> {
    let mut out = Vec::new();
    key.encode_key(&mut out);
    out
}

/// Order, round trip, the end of a key inside other bytes, and every truncation of it.
fn check_pair<K: Key>(a: &K, b: &K) {
    let (bytes_a, bytes_b) = (encode(a), encode(b));
    assert_eq!(bytes_a.cmp(&bytes_b), a.cmp(b), "{a:?} against {b:?}");
    assert_eq!(decode_whole_key::<K>(&bytes_a).as_ref(), Ok(a));
    let followed = [bytes_a.as_slice(), &[0xAB]].concat();
    let mut input = followed.as_slice();
    assert_eq!(K::decode_key(&mut input).as_ref(), Ok(a));
    assert_eq!(input, [0xAB], "a key must know its own end");
    for end in 0..bytes_a.len() {
        let cut = decode_whole_key::<K>(&bytes_a[..end]);
        assert!(matches!(cut, Err(CodecError::Truncated { .. })), "{a:?} cut at {end}: {cut:?}");
    }
}

/// Whatever decodes is what encoding would have written: no two byte strings for one key.
fn check_arbitrary_bytes<K: Key>(bytes: &[u8]) {
    let mut input = bytes;
    if let Ok(key) = K::decode_key(&mut input) {
        assert_eq!(encode(&key), bytes[..bytes.len() - input.len()]);
    }
}

/// Few different characters, so that prefixes, NUL and equal texts are common.
fn text() -> impl Strategy<Value = String> {
    "[\0\u{1}a\u{ff}]{0,3}"
}

fn small() -> impl Strategy<Value = Small> {
    prop_oneof![-1..2_i8, any::<i8>()].prop_map(Small)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unknown),
        text().prop_map(Kind::Town),
        (-1..2_i16, proptest::option::of(small())).prop_map(|(from, to)| Kind::Range { from, to }),
        (small(), any::<bool>()).prop_map(|(small, flag)| Kind::Pair(small, flag)),
    ]
}

fn place<S: Strategy>(id: S) -> impl Strategy<Value = Place<S::Value>> {
    (text(), kind(), vec(kind(), 0..3), id).prop_map(|(country, kind, parts, id)| Place {
        country,
        kind,
        parts,
        id,
        end: End,
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = text().prop_map(|name| Tree { name, children: Vec::new() });
    leaf.prop_recursive(3, 12, 3, |inner| {
        (text(), vec(inner, 0..3)).prop_map(|(name, children)| Tree { name, children })
    })
}

proptest! {
    #[test]
    fn structs_and_enums_sort_like_their_bytes(a in kind(), b in kind()) {
        check_pair(&a, &b);
        check_pair(&vec![a.clone(), b.clone()], &vec![b.clone()]);
        check_pair(&(Some(a.clone()), 1_u8), &(Some(b.clone()), 0));
        check_pair(&Grid { cells: [a.clone(), b.clone()] }, &Grid { cells: [b, a] });
    }

    #[test]
    fn nested_and_generic_types_sort_like_their_bytes(
        a in place(small()), b in place(small()), c in place(kind()), d in place(kind()),
    ) {
        check_pair(&a, &b);
        check_pair(&c, &d);
        let other = Place { id: d.id.clone(), ..c.clone() };
        check_pair(&c, &other);
    }

    #[test]
    fn types_that_contain_themselves_sort_like_their_bytes(a in tree(), b in tree()) {
        check_pair(&a, &b);
    }

    #[test]
    fn any_bytes_decode_to_a_key_or_an_error(
        bytes in prop_oneof![vec(any::<u8>(), 0..64), vec(0..4_u8, 0..64)],
    ) {
        check_arbitrary_bytes::<Place<Kind>>(&bytes);
        check_arbitrary_bytes::<Kind>(&bytes);
        check_arbitrary_bytes::<Tree>(&bytes);
        check_arbitrary_bytes::<Grid<Level, 3>>(&bytes);
        prop_assert!(decode_whole_key::<Never>(&bytes).is_err());
    }
}

#[test]
fn discriminants_in_order_keep_the_order() {
    let levels = [Level::Low, Level::Middle, Level::High];
    for a in &levels {
        for b in &levels {
            check_pair(a, b);
        }
    }
}

#[test]
fn the_format_is_frozen() {
    assert_eq!(encode(&End), [0_u8; 0]);
    assert_eq!(encode(&Small(-1)), [0x7F]);
    assert_eq!(encode(&Kind::Unknown), [0]);
    assert_eq!(encode(&Kind::Town("a".to_owned())), [1, b'a', 0, 0]);
    assert_eq!(encode(&Kind::Range { from: 1, to: Some(Small(0)) }), [2, 0x80, 1, 1, 0x80]);
    assert_eq!(encode(&Kind::Pair(Small(0), true)), [3, 0x80, 1]);
    assert_eq!(encode(&Level::Middle), [1], "the place of a variant, never its discriminant");
    assert_eq!(encode(&vec![Small(0), Small(1)]), [1, 0x80, 1, 0x81, 0]);
    let place = Place {
        country: "at".to_owned(),
        kind: Kind::Unknown,
        parts: vec![Kind::Pair(Small(1), false)],
        id: 7_u16,
        end: End,
    };
    assert_eq!(encode(&place), [b'a', b't', 0, 0, 0, 1, 3, 0x81, 0, 0, 0, 7]);
}

#[test]
fn a_variant_that_is_not_there_is_invalid() {
    let expected = "a variant of `Kind`";
    assert_eq!(decode_whole_key::<Kind>(&[4]), Err(CodecError::Invalid { expected }));
    assert_eq!(decode_whole_key::<Kind>(&[0xFF]), Err(CodecError::Invalid { expected }));
    assert_eq!(decode_whole_key::<Kind>(&[]), Err(CodecError::Truncated { expected }));
    let expected = "a variant of `Never`";
    assert_eq!(decode_whole_key::<Never>(&[0]), Err(CodecError::Invalid { expected }));
}

/// As many variants as there may be.
macro_rules! widest {
    ($($variant:ident)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
        enum Widest { $($variant),* }

        const VARIANTS: [Widest; 255] = [$(Widest::$variant),*];
    };
}

widest! {
    V000 V001 V002 V003 V004 V005 V006 V007 V008 V009 V010 V011 V012 V013 V014
    V015 V016 V017 V018 V019 V020 V021 V022 V023 V024 V025 V026 V027 V028 V029
    V030 V031 V032 V033 V034 V035 V036 V037 V038 V039 V040 V041 V042 V043 V044
    V045 V046 V047 V048 V049 V050 V051 V052 V053 V054 V055 V056 V057 V058 V059
    V060 V061 V062 V063 V064 V065 V066 V067 V068 V069 V070 V071 V072 V073 V074
    V075 V076 V077 V078 V079 V080 V081 V082 V083 V084 V085 V086 V087 V088 V089
    V090 V091 V092 V093 V094 V095 V096 V097 V098 V099 V100 V101 V102 V103 V104
    V105 V106 V107 V108 V109 V110 V111 V112 V113 V114 V115 V116 V117 V118 V119
    V120 V121 V122 V123 V124 V125 V126 V127 V128 V129 V130 V131 V132 V133 V134
    V135 V136 V137 V138 V139 V140 V141 V142 V143 V144 V145 V146 V147 V148 V149
    V150 V151 V152 V153 V154 V155 V156 V157 V158 V159 V160 V161 V162 V163 V164
    V165 V166 V167 V168 V169 V170 V171 V172 V173 V174 V175 V176 V177 V178 V179
    V180 V181 V182 V183 V184 V185 V186 V187 V188 V189 V190 V191 V192 V193 V194
    V195 V196 V197 V198 V199 V200 V201 V202 V203 V204 V205 V206 V207 V208 V209
    V210 V211 V212 V213 V214 V215 V216 V217 V218 V219 V220 V221 V222 V223 V224
    V225 V226 V227 V228 V229 V230 V231 V232 V233 V234 V235 V236 V237 V238 V239
    V240 V241 V242 V243 V244 V245 V246 V247 V248 V249 V250 V251 V252 V253 V254
}

#[test]
fn all_of_255_variants_are_keys() {
    for pair in VARIANTS.windows(2) {
        check_pair(&pair[0], &pair[1]);
    }
    check_pair(&VARIANTS[254], &VARIANTS[0]);
    assert_eq!(encode(&VARIANTS[254]), [254]);
}

#[cfg(feature = "uuid")]
mod uuids {
    use super::*;
    use uuid::Uuid;

    proptest! {
        #[test]
        fn uuids_sort_like_their_bytes(a: u128, b: u128, id: u16) {
            check_pair(&Uuid::from_u128(a), &Uuid::from_u128(b));
            check_pair(&(Uuid::from_u128(a), id), &(Uuid::from_u128(a), id / 2));
        }

        #[test]
        fn any_bytes_decode_to_a_uuid_or_an_error(bytes in vec(any::<u8>(), 0..40)) {
            check_arbitrary_bytes::<Vec<Uuid>>(&bytes);
            prop_assert_eq!(decode_whole_key::<Uuid>(&bytes).is_ok(), bytes.len() == 16);
        }
    }

    /// The first two are of RFC 9562, appendix A.6, and the same a millisecond later.
    #[test]
    fn version_7_sorts_by_time() {
        let earlier = Uuid::from_u128(0x017F22E2_79B0_7CC3_98C4_DC0C0C07398F);
        let later = Uuid::from_u128(0x017F22E2_79B1_7000_8000_000000000000);
        assert!(encode(&earlier) < encode(&later));
        assert_eq!(encode(&earlier)[..8], [0x01, 0x7F, 0x22, 0xE2, 0x79, 0xB0, 0x7C, 0xC3]);
    }
}
