//! Keys with hostile names, in hostile places, under every lint.
#![deny(missing_docs, unreachable_pub, warnings)]

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Vec;
struct Result;
struct Ok;
struct Err;
#[allow(non_camel_case_types, reason = "as hostile as possible")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, rama_core::codec::Key)]
struct u8 {
    input: u16,
    out: r#type,
    r#type: (),
    __rama: bool,
}
#[allow(non_camel_case_types, reason = "as hostile as possible")]
type r#type = std::string::String;

mod vendor {
    pub(crate) use rama_core as backend;
}

/// A key without a runtime of the usual name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, vendor::backend::codec::Key)]
#[key(crate = crate::vendor::backend)]
#[non_exhaustive]
pub enum Public<Key, T = i32> {
    /// A variant named like what the output uses.
    Ok(Key),
    /// Another.
    Err {
        /// A part.
        #[deprecated]
        expected: T,
        /// Another.
        r#self_: i8,
    },
    /// Not in use any more.
    #[deprecated]
    r#Self_,
    /// One more.
    None,
}

/// No key at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, rama_core::codec::Key)]
pub enum Never {}

#[allow(deprecated, reason = "the last user of an old type")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, rama_core::codec::Key)]
struct Old(OldName);

#[deprecated]
type OldName = std::string::String;

macro_rules! id {
    ($name:ident, $number:ty) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, rama_core::codec::Key)]
        struct $name($number);
    };
}

id!(UserId, i64);

fn main() {
    use rama_core::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
    struct Local {
        id: UserId,
        sign: Sign,
    }

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Key)]
    struct Sign;

    let _ = (Vec, Result, Ok, Err, Old);
    let mut out = std::vec::Vec::new();
    Local { id: UserId(1), sign: Sign }.encode_key(&mut out);
    u8 { input: 1, out: r#type::new(), r#type: (), __rama: true }.encode_key(&mut out);
    Public::<_, i32>::Ok(1_i16).encode_key(&mut out);
    assert_eq!(out.len(), 8 + 5 + 3);
}
