//! Types and schemas as data: what a PState or a plain value holds, known only at run time.
//!
//! A [`Type`] comes from text ([`str::parse`]) and prints as that text. Whether it can be the schema of a
//! PState is [`Type::check_schema`]; what data fits it, and which bytes its keys have, is told by
//! [`data`](super::data).

mod grow;
mod legal;
mod parse;

pub(crate) use grow::layout_finds;

use std::fmt::{self, Display, Formatter};

/// A type as data (PS-01 to PS-05, PS-20).
///
/// ```
/// use rama_core::dynamic::Type;
/// let schema: Type = "Map<String, { name: String, followers: Subindexed<Set<u64>> }>".parse()?;
/// assert_eq!(
///     schema.to_string(),
///     "Map<String, { name: String, followers: Subindexed<Set<u64>> }>"
/// );
/// schema.check_schema()?;
/// # Ok::<(), rama_core::dynamic::DynamicError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Type {
    /// `json`: anything that JSON can hold.
    Json,
    /// `()`.
    Unit,
    /// `bool`.
    Bool,
    /// `char`.
    Char,
    /// `String`.
    Text,
    /// `Uuid`: sixteen bytes, written as text with hyphens.
    Uuid,
    /// A whole number.
    Int(Int),
    /// `f32` or `f64`.
    Float(Float),
    /// `Option<T>`.
    Option(Box<Self>),
    /// `(A, B, …)`.
    Tuple(Vec<Self>),
    /// `[T; N]`.
    Array(Box<Self>, usize),
    /// The schema `Map<K, V>`.
    Map(Box<Self>, Box<Self>),
    /// The schema `Set<E>`.
    Set(Box<Self>),
    /// The schema `List<V>`.
    List(Box<Self>),
    /// A map that is one value.
    BTreeMap(Box<Self>, Box<Self>),
    /// A set that is one value.
    BTreeSet(Box<Self>),
    /// A list that is one value.
    Vec(Box<Self>),
    /// `{ name: T, … }`: fixed keys, each with its own type (PS-05).
    Record(Vec<(String, Self)>),
    /// `Subindexed<S>`: stored element by element (PS-20).
    Subindexed(Box<Self>, Tracking),
    /// A type of the user's program, seen through serde.
    Opaque(String),
}

/// The whole numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is named like its Rust type")]
pub enum Int {
    U8,
    U16,
    U32,
    U64,
    U128,
    Usize,
    I8,
    I16,
    I32,
    I64,
    I128,
    Isize,
}

/// The floating point numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[expect(missing_docs, reason = "each is named like its Rust type")]
pub enum Float {
    F32,
    F64,
}

/// Whether the size of a subindexed structure is kept (PS-23).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tracking {
    /// Asking for the size costs one read.
    Counted,
    /// Asking for the size visits every element.
    Uncounted,
}

/// What navigators ask of a type.
pub(super) enum Shape<'t> {
    /// Known at evaluation only.
    Any,
    Map(&'t Type, &'t Type),
    Record(&'t [(String, Type)]),
    List(&'t Type),
    Tuple(&'t [Type]),
    Array(&'t Type, usize),
    Set(&'t Type),
    /// Has no parts.
    Plain,
}

impl Type {
    /// What stands here, seen through `Option` and `Subindexed`.
    pub(super) fn shape(&self) -> Shape<'_> {
        match self {
            Self::Json | Self::Opaque(_) => Shape::Any,
            Self::Option(inner) | Self::Subindexed(inner, _) => inner.shape(),
            Self::Map(key, value) | Self::BTreeMap(key, value) => Shape::Map(key, value),
            Self::Record(fields) => Shape::Record(fields),
            Self::List(element) | Self::Vec(element) => Shape::List(element),
            Self::Tuple(elements) => Shape::Tuple(elements),
            Self::Array(element, count) => Shape::Array(element, *count),
            Self::Set(element) | Self::BTreeSet(element) => Shape::Set(element),
            Self::Unit
            | Self::Bool
            | Self::Char
            | Self::Text
            | Self::Uuid
            | Self::Int(_)
            | Self::Float(_) => Shape::Plain,
        }
    }

    /// Whether nothing is known about what stands here.
    pub(super) fn is_any(&self) -> bool {
        matches!(self.shape(), Shape::Any)
    }

    /// The type without the `Option` around it.
    pub(super) fn without_option(&self) -> &Self {
        match self {
            Self::Option(inner) => inner.without_option(),
            other => other,
        }
    }

    /// Whether a value of this type, standing inside a PState, is stored row by row instead of as one value:
    /// it is subindexed, or something in it is.
    pub fn has_rows(&self) -> bool {
        match self {
            Self::Subindexed(..) => true,
            Self::Map(_, inner) | Self::List(inner) => inner.has_rows(),
            // Fixed keys are never one value: each has a row of its own (PS-05).
            Self::Record(_) => true,
            _ => false,
        }
    }

    /// Whether a PState of this schema is stored row by row, which only that of a plain value is not.
    pub fn is_stored_by_rows(&self) -> bool {
        matches!(self, Self::Map(..) | Self::Record(_))
    }

    /// The type of what a key leads to, where it is the same for all keys of this kind of structure.
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        let Shape::Record(fields) = self.shape() else { return None };
        fields.iter().find_map(|(field, ty)| (field == name).then_some(ty))
    }
}

impl Int {
    /// All of them with their names.
    pub(super) const NAMES: [(&'static str, Self); 12] = [
        ("u8", Self::U8),
        ("u16", Self::U16),
        ("u32", Self::U32),
        ("u64", Self::U64),
        ("u128", Self::U128),
        ("usize", Self::Usize),
        ("i8", Self::I8),
        ("i16", Self::I16),
        ("i32", Self::I32),
        ("i64", Self::I64),
        ("i128", Self::I128),
        ("isize", Self::Isize),
    ];

    /// Whether the width does not depend on the machine, as keys demand.
    pub(super) fn has_fixed_width(self) -> bool {
        !matches!(self, Self::Usize | Self::Isize)
    }

    pub(super) fn name(self) -> &'static str {
        let found = Self::NAMES.iter().find(|(_, int)| *int == self);
        found.map(|(name, _)| *name).expect("every number is in the table")
    }
}

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json => f.write_str("json"),
            Self::Unit => f.write_str("()"),
            Self::Bool => f.write_str("bool"),
            Self::Char => f.write_str("char"),
            Self::Text => f.write_str("String"),
            Self::Uuid => f.write_str("Uuid"),
            Self::Int(int) => f.write_str(int.name()),
            Self::Float(Float::F32) => f.write_str("f32"),
            Self::Float(Float::F64) => f.write_str("f64"),
            Self::Option(inner) => write!(f, "Option<{inner}>"),
            Self::Tuple(elements) => tuple(elements, f),
            Self::Array(element, count) => write!(f, "[{element}; {count}]"),
            Self::Map(key, value) => write!(f, "Map<{key}, {value}>"),
            Self::Set(element) => write!(f, "Set<{element}>"),
            Self::List(element) => write!(f, "List<{element}>"),
            Self::BTreeMap(key, value) => write!(f, "BTreeMap<{key}, {value}>"),
            Self::BTreeSet(element) => write!(f, "BTreeSet<{element}>"),
            Self::Vec(element) => write!(f, "Vec<{element}>"),
            Self::Record(fields) => {
                let fields: Vec<_> =
                    fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
                write!(f, "{{ {} }}", fields.join(", "))
            }
            Self::Subindexed(inner, Tracking::Counted) => write!(f, "Subindexed<{inner}>"),
            Self::Subindexed(inner, Tracking::Uncounted) => {
                write!(f, "Subindexed<{inner}, Uncounted>")
            }
            Self::Opaque(name) => f.write_str(name),
        }
    }
}

fn tuple(elements: &[Type], f: &mut Formatter<'_>) -> fmt::Result {
    if let [only] = elements {
        return write!(f, "({only},)");
    }
    let elements: Vec<_> = elements.iter().map(Type::to_string).collect();
    write!(f, "({})", elements.join(", "))
}
