//! Navigators without paths inside, as data.

use super::kinds::{InOrder, part};
use super::steps::{Place, Steps, number, one};
use super::value::as_json;
use super::{Portable, PortableError};
use crate::path::collect::{Dispense, Putval, Val};
use crate::path::compare::{PredEq, PredGe, PredGt, PredLe, PredLt, PredNe};
use crate::path::control::{Nowhere, PageSize};
use crate::path::each::{All, MapVals};
use crate::path::field::Field;
use crate::path::indexed::{IndexNav, IndexedVals};
use crate::path::insert::{AfterElem, BeforeElem, BeforeIndex, Beginning, End};
use crate::path::key::{Keypath, Must};
use crate::path::keyed::KeyedVals;
use crate::path::list::{First, Last, Nthpath};
use crate::path::map::{MapKey, MapKeys, Submap};
use crate::path::nil::{NilToList, NilToMap, NilToSet, NilToVal, NoneToVal};
use crate::path::range::{KeyRange, SortedRange};
use crate::path::rows::{FieldNames, FieldPlace, Fields};
use crate::path::set::{NoneElem, SetElem, Subset};
use crate::path::shape::Shape;
use crate::path::size::Size;
use crate::path::sublist::Srange;
use crate::path::there::{IsSome, IsThere};
use crate::path::walk::{Again, Start};
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::ops::Bound;

/// How navigators are data.
macro_rules! navigators {
    ($([$($parameter:tt)*] $navigator:ty: |$this:pat_param, $steps:ident| $write:expr;)*) => {$(
        impl<S: Shape, $($parameter)*> Portable<S> for $navigator {
            fn write(&self, $steps: &mut Steps) -> Result<(), PortableError> {
                let $this = self;
                $write;
                Ok(())
            }
        }
    )*};
}

navigators! {
    [To] Nowhere<To>: |_, steps| steps.stay("STOP", vec![]);
    [] PageSize: |this, steps| steps.pages(this.rows);
}

navigators! {
    [K: Serialize] Keypath<K>: |this, steps| steps.go("keypath", one(&this.0)?);
    [K: Serialize] Must<K>: |this, steps| steps.go("must", one(&this.0)?);
    [K: Serialize] MapKey<K>: |this, steps| steps.go("map_key", one(&this.0)?);
    [K: Serialize] Submap<K>: |this, steps| steps.go_to(Place::MapPart, "submap", one(&this.0)?);
    [T: Serialize] SetElem<T>: |this, steps| steps.go("set_elem", one(&this.0)?);
    [T: Serialize] Subset<T>: |this, steps| steps.go_to(Place::ListPart, "subset", one(&this.0)?);
    [] NoneElem: |_, steps| steps.go("NONE_ELEM", vec![]);
    [] All: |_, steps| steps.scan(Place::Element, "ALL", vec![]);
    [] MapVals: |_, steps| steps.scan(Place::Element, "MAP_VALS", vec![]);
    [] MapKeys: |_, steps| steps.scan(Place::Element, "MAP_KEYS", vec![]);
    [] KeyedVals: |_, steps| steps.scan(Place::Element, "KEYED_VALS", vec![]);
}

navigators! {
    [] First: |_, steps| steps.go("FIRST", vec![]);
    [] Last: |_, steps| steps.go("LAST", vec![]);
    [] Nthpath: |this, steps| steps.go("nthpath", vec![this.0.into()]);
    [] Beginning: |_, steps| steps.go("BEGINNING", vec![]);
    [] End: |_, steps| steps.go("END", vec![]);
    [] BeforeElem: |_, steps| steps.go("BEFORE_ELEM", vec![]);
    [] AfterElem: |_, steps| steps.go("AFTER_ELEM", vec![]);
    [] BeforeIndex: |this, steps| steps.go("before_index", vec![this.0.into()]);
    [] IndexNav: |this, steps| steps.go("index_nav", vec![this.0.into()]);
    [] IndexedVals: |this, steps| match this.start {
        0 => steps.scan(Place::Element, "INDEXED_VALS", vec![]),
        start => steps.scan(Place::Element, "indexed_vals", vec![start.into()]),
    };
}

navigators! {
    [T: Serialize] PredEq<T>: |this, steps| steps.stay("pred_eq", one(&this.0)?);
    [T: Serialize] PredNe<T>: |this, steps| steps.stay("pred_ne", one(&this.0)?);
    [T: Serialize] PredLt<T>: |this, steps| steps.stay("pred_lt", one(&this.0)?);
    [T: Serialize] PredLe<T>: |this, steps| steps.stay("pred_le", one(&this.0)?);
    [T: Serialize] PredGt<T>: |this, steps| steps.stay("pred_gt", one(&this.0)?);
    [T: Serialize] PredGe<T>: |this, steps| steps.stay("pred_ge", one(&this.0)?);
    [] IsThere: |_, steps| steps.present();
    [] IsSome: |_, steps| steps.go_to(Place::Option, "pred", vec!["is_some".into()]);
    [] Size: |_, steps| steps.go("SIZE", vec![]);
    [T: Serialize] NilToVal<T>: |this, steps| steps.stay("nil_to_val", one(&this.0)?);
    [] NilToSet: |_, steps| steps.stay("NIL_TO_SET", vec![]);
    [] NilToList: |_, steps| steps.stay("NIL_TO_LIST", vec![]);
    [] NilToMap: |_, steps| steps.stay("NIL_TO_MAP", vec![]);
    [T: Serialize] NoneToVal<T>: |this, steps| steps.stay("none_to_val", one(&this.0)?);
    [] Val: |_, steps| steps.stay("VAL", vec![]);
    [V: Serialize] Putval<V>: |this, steps| steps.stay("putval", one(&this.0)?);
    [] Dispense: |_, steps| steps.stay("DISPENSE", vec![]);
}

/// The beginnings of paths do nothing, and in data that needs no word.
macro_rules! beginnings {
    ($($beginning:ty)*) => {$(
        impl<S: Shape> Portable<S> for $beginning {
            fn write(&self, _: &mut Steps) -> Result<(), PortableError> {
                Ok(())
            }
        }
    )*};
}

beginnings!(Start Again);

/// A fixed key by its stored name. Fields of structs have names in `named` only.
impl<F, U, G, M> Portable<Fields<F>> for Field<G, M, U>
where
    F: FieldNames,
    U: FieldPlace,
    G: Fn(&F::Keys) -> &U,
{
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        steps.go("field", vec![(self.get)(F::KEYS).name().into()]);
        Ok(())
    }
}

impl<S: Shape> Portable<S> for Srange {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        let Self { from, to } = *self;
        let to = to.ok_or(PortableError::OpenRange { from })?;
        steps.go_to(Place::ListPart, "srange", vec![from.into(), to.into()]);
        Ok(())
    }
}

impl<S: Shape + InOrder, K: Serialize + Ord> Portable<S> for SortedRange<K> {
    fn write(&self, steps: &mut Steps) -> Result<(), PortableError> {
        let (kind, arguments) = range(&self.0)?;
        let family = if S::IS_MAP { "sorted_map_range" } else { "sorted_set_range" };
        steps.scan(part::<S>(), &format!("{family}{kind}"), arguments);
        Ok(())
    }
}

/// Which of the ranges it is, and its arguments.
fn range<K: Serialize + Ord>(
    range: &KeyRange<K>,
) -> Result<(&'static str, Vec<Json>), PortableError> {
    let first = |count| ("_from_start", vec![number(count)]);
    let limit = range.limit();
    let Some(bounds) = range.bounds() else { return Ok(first(0)) };
    let (from, to) = (inclusive(bounds.0), inclusive(bounds.1));
    Ok(match (from, to) {
        (None, None) if range.is_backward() => {
            ("_to_end", vec![number(limit.unwrap_or(usize::MAX))])
        }
        (None, None) => first(limit.unwrap_or(usize::MAX)),
        (Some((from, inclusive)), None) => {
            ("_from", vec![as_json(from)?, options(inclusive, limit)])
        }
        (None, Some((to, inclusive))) => ("_to", vec![as_json(to)?, options(inclusive, limit)]),
        (Some((from, with_from)), Some((to, with_to))) => {
            let options = json!({"inclusive_start": with_from, "inclusive_end": with_to});
            ("", vec![as_json(from)?, as_json(to)?, options])
        }
    })
}

fn inclusive<K>(bound: Bound<&K>) -> Option<(&K, bool)> {
    match bound {
        Bound::Included(key) => Some((key, true)),
        Bound::Excluded(key) => Some((key, false)),
        Bound::Unbounded => None,
    }
}

fn options(inclusive: bool, limit: Option<usize>) -> Json {
    let mut options = json!({"inclusive": inclusive});
    if let Some(limit) = limit {
        options["max_amt"] = number(limit);
    }
    options
}
