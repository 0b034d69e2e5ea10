//! Fixed keys with hostile names, in hostile places, under every lint.
#![deny(missing_docs, unreachable_pub, warnings)]

use rama_core::path::rows::FieldNames;
use rama_core::prelude::{FixedKeys, List, Map, Nested, Set, Subindexed};

/// An account.
#[derive(FixedKeys)]
pub struct Account {
    name: String,
    age: Private,
    #[fixed_keys(rename = "followers")]
    fans: Subindexed<Set<u64>>,
    r#type: Map<u64, String>,
}

/// What nobody else sees.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Private(u8);

/// A part of an account.
#[derive(FixedKeys)]
pub struct Page<V: Nested, const N: usize = 3>
where
    V: 'static,
{
    /// The first posts.
    pub first: V,
    #[deprecated]
    all: Map<u64, V>,
    visitor: Sized<N>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Sized<const N: usize>(u8);

#[allow(non_snake_case, reason = "as hostile as possible")]
#[derive(FixedKeys)]
struct Hidden {
    _unused: u8,
    KEYS: u64,
    visitor: AccountKeys,
    value: Visitor,
    __rama: List<HiddenKeys>,
}

#[allow(deprecated, reason = "the last user of an old type")]
#[derive(FixedKeys)]
struct Old {
    name: OldName,
}

#[deprecated]
type OldName = String;

type AccountKeys = u8;
type HiddenKeys = u16;
type Visitor = u32;

struct Option;
struct Some;
struct Result;

mod vendor {
    pub(crate) use rama_core as backend;
}

#[derive(FixedKeys)]
#[fixed_keys(crate = crate::vendor::backend)]
struct Renamed {
    id: u64,
}

fn keys<K: FixedKeys>() -> &'static K::Keys {
    K::KEYS
}

fn main() {
    #[derive(FixedKeys)]
    struct Local {
        option: std::option::Option<u8>,
    }

    /// Named by a schema, which is how most are used.
    #[derive(FixedKeys)]
    struct InASchema {
        name: String,
    }

    let _ = (Option, Some, Result);
    let _ = std::marker::PhantomData::<Map<u64, InASchema>>;
    let _ = (&Account::KEYS.r#type, &keys::<Page<String>>().first, &keys::<Hidden>().KEYS);
    let _ = (&Local::KEYS.option, &Renamed::KEYS.id, &Old::KEYS.name);
}
