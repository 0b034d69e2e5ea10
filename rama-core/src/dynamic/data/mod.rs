//! Values whose type is known only at run time, and their order.
//!
//! Whether a value fits a [`Type`](super::Type) is told by [`Type::fit`](super::Type::fit), its JSON by `json`,
//! and the bytes of keys and rows by `key` and `row`.

mod fit;
mod json;
mod key;
mod row;

pub(super) use fit::{from_bytes, to_bytes};

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A value of any type.
///
/// Within one type, values are ordered like the values of the Rust type. Tuples, arrays and lists are lists,
/// records are maps, and `char` and `Uuid` are text; `None` is null.
#[derive(Clone, Debug)]
pub enum Data {
    /// `null`, `None`, `()`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A whole number above `i128::MAX`, never a smaller one.
    Huge(u128),
    /// A floating point number.
    Float(f64),
    /// Text.
    Text(String),
    /// Bytes: a `Vec<u8>`.
    Bytes(Vec<u8>),
    /// Elements in the order in which they were put.
    List(Vec<Data>),
    /// Elements in their own order, each once.
    Set(BTreeSet<Data>),
    /// Entries in the order of their keys.
    Map(BTreeMap<Data, Data>),
}

impl Data {
    /// A whole number, whatever its size.
    pub fn unsigned(number: u128) -> Self {
        i128::try_from(number).map_or(Self::Huge(number), Self::Int)
    }

    /// A number of things.
    pub(super) fn count(count: usize) -> Self {
        i128::try_from(count).map_or(Self::Null, Self::Int)
    }

    /// Everything but null and `false` counts as true (DF-L07).
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    /// What this is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Int(_) | Self::Huge(_) => "a whole number",
            Self::Float(_) => "a number with a fraction",
            Self::Text(_) => "text",
            Self::Bytes(_) => "a list of bytes",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map",
        }
    }

    /// How many elements a collection has; `None` for what is none. Null is empty, as everywhere in a path.
    pub(super) fn size(&self) -> Option<usize> {
        match self {
            Self::Null => Some(0),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.len()),
            Self::Set(set) => Some(set.len()),
            Self::Map(map) => Some(map.len()),
            Self::Bool(_) | Self::Int(_) | Self::Huge(_) | Self::Float(_) | Self::Text(_) => None,
        }
    }

    /// Order for comparing what may come from different places: numbers by their value alone, so that 1 and
    /// 1.0 are the same, and a list like a set where the other side is one.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(_) | Self::Huge(_) | Self::Float(_), _) => {
                by_number(self, other).unwrap_or_else(|| self.cmp(other))
            }
            (Self::Set(_), Self::List(list)) => {
                self.cmp(&Self::Set(list.iter().cloned().collect()))
            }
            (Self::List(list), Self::Set(_)) => {
                Self::Set(list.iter().cloned().collect()).cmp(other)
            }
            _ => self.cmp(other),
        }
    }

    /// Whether two values are of kinds that have a common order.
    pub(super) fn is_comparable(&self, other: &Self) -> bool {
        let rank = |data: &Self| match data {
            // Lists and sets are compared as sets.
            Self::Set(_) => Self::List(Vec::new()).rank(),
            other => other.rank(),
        };
        rank(self) == rank(other)
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) | Self::Huge(_) | Self::Float(_) => 2,
            Self::Text(_) => 3,
            Self::Bytes(_) | Self::List(_) => 4,
            Self::Set(_) => 5,
            Self::Map(_) => 6,
        }
    }
}

impl Ord for Data {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(two)) => one.cmp(two),
            (Self::Int(one), Self::Int(two)) => one.cmp(two),
            (Self::Huge(one), Self::Huge(two)) => one.cmp(two),
            (Self::Float(one), Self::Float(two)) => one.total_cmp(two),
            (Self::Text(one), Self::Text(two)) => one.cmp(two),
            (Self::Bytes(one), Self::Bytes(two)) => one.cmp(two),
            (Self::List(one), Self::List(two)) => one.cmp(two),
            // What a list of bytes is kept in depends on the way it came.
            (Self::Bytes(bytes), Self::List(list)) => from_bytes(bytes.clone()).cmp(list),
            (Self::List(list), Self::Bytes(bytes)) => list.cmp(&from_bytes(bytes.clone())),
            (Self::Set(one), Self::Set(two)) => one.cmp(two),
            (Self::Map(one), Self::Map(two)) => one.cmp(two),
            // A whole number and one with a fraction are never equal here, so that the order is total.
            _ => by_number(self, other)
                .map(|order| order.then_with(|| self.is_float().cmp(&other.is_float())))
                .unwrap_or_else(|| self.rank().cmp(&other.rank())),
        }
    }
}

impl Data {
    fn is_float(&self) -> bool {
        matches!(self, Self::Float(_))
    }
}

/// The order of two numbers by their exact values. Not a number stands where its sign puts it.
fn by_number(one: &Data, other: &Data) -> Option<Ordering> {
    match (one, other) {
        (Data::Int(a), Data::Int(b)) => Some(a.cmp(b)),
        (Data::Huge(a), Data::Huge(b)) => Some(a.cmp(b)),
        (Data::Int(_), Data::Huge(_)) => Some(Ordering::Less),
        (Data::Huge(_), Data::Int(_)) => Some(Ordering::Greater),
        (Data::Float(a), Data::Float(b)) => {
            Some(a.partial_cmp(b).unwrap_or_else(|| a.total_cmp(b)))
        }
        (Data::Int(int), Data::Float(float)) => {
            Some(against_float(*int < 0, int.unsigned_abs(), *float))
        }
        (Data::Huge(huge), Data::Float(float)) => Some(against_float(false, *huge, *float)),
        (Data::Float(_), Data::Int(_) | Data::Huge(_)) => {
            by_number(other, one).map(Ordering::reverse)
        }
        _ => None,
    }
}

/// Compares a whole number, given as sign and amount, with a float exactly: a float holds only 53 bits of it.
fn against_float(negative: bool, amount: u128, float: f64) -> Ordering {
    if float.is_nan() {
        return if float.is_sign_negative() { Ordering::Greater } else { Ordering::Less };
    }
    let sign = if negative { -1 } else { i32::from(amount > 0) };
    let float_sign = if float < 0.0 { -1 } else { i32::from(float > 0.0) };
    if sign != float_sign {
        return sign.cmp(&float_sign);
    }
    let size = float.abs();
    // 2^128 is the first float that no u128 reaches.
    let by_amount = if size >= 2_f64.powi(128) {
        Ordering::Less
    } else {
        let whole = size.trunc();
        let has_fraction = size > whole;
        amount.cmp(&(whole as u128)).then(if has_fraction {
            Ordering::Less
        } else {
            Ordering::Equal
        })
    };
    if negative { by_amount.reverse() } else { by_amount }
}

impl PartialOrd for Data {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Data {}

impl From<bool> for Data {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Data {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

impl From<&str> for Data {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Data {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Data {
    fn from(value: i64) -> Self {
        Self::Int(i128::from(value))
    }
}

impl From<u64> for Data {
    fn from(value: u64) -> Self {
        Self::Int(i128::from(value))
    }
}

impl From<Vec<Self>> for Data {
    fn from(elements: Vec<Self>) -> Self {
        Self::List(elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> impl Strategy<Value = Data> {
        prop_oneof![
            (-3..4_i128).prop_map(Data::Int),
            any::<i128>().prop_map(Data::Int),
            any::<u128>().prop_map(Data::unsigned),
            (-6..7_i8).prop_map(|half| Data::Float(f64::from(half) / 2.0)),
            any::<f64>().prop_map(Data::Float),
            any::<i64>().prop_map(|n| Data::Float(n as f64)),
            Just(Data::Float(f64::NAN)),
            Just(Data::Float(-0.0)),
        ]
    }

    proptest! {
        #[test]
        fn numbers_of_all_kinds_have_one_total_order(a in number(), b in number(), c in number()) {
            prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
            prop_assert_eq!(a.cmp(&a), Ordering::Equal);
            if a <= b && b <= c {
                prop_assert!(a <= c, "{a:?} {b:?} {c:?}");
            }
        }
    }

    #[test]
    fn whole_numbers_and_fractions_compare_exactly() {
        let big = (1_i128 << 53) + 1;
        assert!(Data::Int(big) > Data::Float(9_007_199_254_740_992.0), "floats skip this number");
        assert!(Data::Int(-1) < Data::Float(-0.5) && Data::Float(1.5) > Data::Int(1));
        assert!(Data::Huge(u128::MAX) < Data::Float(f64::INFINITY));
        assert_eq!(Data::Int(1).compare(&Data::Float(1.0)), Ordering::Equal);
        assert_ne!(Data::Int(1), Data::Float(1.0));
        assert_eq!(Data::unsigned(7), Data::Int(7));
        assert!(Data::unsigned(u128::MAX) > Data::Int(i128::MAX));
    }

    #[test]
    fn a_list_compares_like_a_set_with_a_set() {
        let list = Data::List(vec![2_u64.into(), 1_u64.into()]);
        let set = Data::Set([1_u64, 2].map(Data::from).into());
        assert_eq!(list.compare(&set), Ordering::Equal);
        assert_eq!(set.compare(&list), Ordering::Equal);
        assert_ne!(list, set);
    }
}
