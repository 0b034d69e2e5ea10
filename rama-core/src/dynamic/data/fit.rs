//! Whether data fits a type (PS-08, PS-09). What comes from JSON or from a stored row is brought into the
//! type's own form on the way; nothing else is converted.

use super::Data;
use crate::dynamic::error::Misfit;
use crate::dynamic::types::{Float, Int, Type};
use std::collections::{BTreeMap, BTreeSet};

/// Nesting of a value: as deep as a stored value may be nested (`codec`) and as serde_json reads.
pub(super) const DEPTH_MAX: usize = 128;

impl Type {
    /// The data in the form of this type.
    ///
    /// Numbers must be in range and text must not be a number. Accepted beside the type's own form is what
    /// JSON and stored rows have instead: lists for sets, tuples and bytes; lists of `[key, value]` for maps, and
    /// text for keys that are numbers or bools; text or sixteen bytes for numbers of 128 bits; whole numbers
    /// for floats.
    ///
    /// # Errors
    /// Where in the data it does not fit, and what is expected there.
    pub fn fit(&self, data: Data) -> Result<Data, Misfit> {
        match self {
            Self::Json | Self::Opaque(_) => check_depth(&data, DEPTH_MAX).map(|()| data),
            Self::Subindexed(inner, _) => inner.fit(data),
            Self::Option(_) if matches!(data, Data::Null) => Ok(Data::Null),
            Self::Option(inner) => inner.fit(data),
            Self::Unit if matches!(data, Data::Null) => Ok(data),
            Self::Bool if matches!(data, Data::Bool(_)) => Ok(data),
            Self::Text if matches!(data, Data::Text(_)) => Ok(data),
            Self::Unit | Self::Bool | Self::Text => Err(self.misfit(&data)),
            Self::Char => self.fit_char(data),
            Self::Uuid => self.fit_uuid(&data),
            Self::Int(int) => self.fit_int(*int, data),
            Self::Float(float) => self.fit_float(*float, data),
            Self::Tuple(elements) => {
                let list = self.elements_of(data, Some(elements.len()))?;
                let fitted = elements.iter().zip(list).enumerate();
                let fitted: Result<_, _> =
                    fitted.map(|(at, (ty, data))| within(at, ty.fit(data))).collect();
                fitted.map(Data::List)
            }
            Self::Array(element, count) => {
                let list = self.elements_of(data, Some(*count))?;
                fit_elements(element, list).map(Data::List)
            }
            Self::Vec(element) if **element == Self::Int(Int::U8) => self.fit_bytes(data),
            Self::Vec(element) | Self::List(element) => {
                let list = self.elements_of(data, None)?;
                fit_elements(element, list).map(Data::List)
            }
            Self::Set(element) | Self::BTreeSet(element) => self.fit_set(element, data),
            Self::Map(key, value) | Self::BTreeMap(key, value) => self.fit_map(key, value, data),
            Self::Record(fields) => self.fit_record(fields, data),
        }
    }

    /// The message for data of the wrong kind.
    fn misfit(&self, data: &Data) -> Misfit {
        Misfit::new(format!("a `{self}` is expected, and {} stands here", data.kind()))
    }

    fn fit_char(&self, data: Data) -> Result<Data, Misfit> {
        match &data {
            Data::Text(text) if text.chars().count() == 1 => Ok(data),
            Data::Text(text) => {
                Err(Misfit::new(format!("a `char` is one character, and {text:?} is not")))
            }
            _ => Err(self.misfit(&data)),
        }
    }

    fn fit_uuid(&self, data: &Data) -> Result<Data, Misfit> {
        let bytes = match data {
            Data::Text(text) => uuid_bytes(text),
            Data::Bytes(bytes) => bytes.as_slice().try_into().ok(),
            _ => return Err(self.misfit(data)),
        };
        let bytes = bytes.ok_or_else(|| {
            Misfit::new("a `Uuid` is written as \"0190163d-8694-739b-aea5-966c26f8ad91\"")
        })?;
        Ok(Data::Text(uuid_text(&bytes)))
    }

    fn fit_int(&self, int: Int, data: Data) -> Result<Data, Misfit> {
        let wide = matches!(int, Int::U128 | Int::I128);
        let number = match data {
            Data::Int(_) | Data::Huge(_) => data,
            Data::Text(text) if wide => match number_of(&text) {
                Some(number) => number,
                None => return Err(Misfit::new(format!("{text:?} is no `{self}`"))),
            },
            // The form in which MessagePack keeps them.
            Data::Bytes(ref bytes) if wide => match <[u8; 16]>::try_from(bytes.as_slice()) {
                Ok(bytes) if int == Int::U128 => Data::unsigned(u128::from_be_bytes(bytes)),
                Ok(bytes) => Data::Int(i128::from_be_bytes(bytes)),
                Err(_) => return Err(self.misfit(&data)),
            },
            Data::Float(_) if wide => {
                return Err(Misfit::new(format!(
                    "a `{self}` beyond 64 bits is written as text, such as \"18446744073709551616\""
                )));
            }
            other => return Err(self.misfit(&other)),
        };
        let (least, most) = range(int);
        if number < least || number > most {
            return Err(Misfit::new(format!(
                "{} is out of the range of `{self}`, {} to {}",
                number.plain_text(),
                least.plain_text(),
                most.plain_text()
            )));
        }
        Ok(number)
    }

    fn fit_float(&self, float: Float, data: Data) -> Result<Data, Misfit> {
        let number = match data {
            Data::Float(number) => number,
            Data::Int(int) => int as f64,
            Data::Huge(huge) => huge as f64,
            // What JSON cannot write as a number.
            Data::Text(text) if matches!(text.as_str(), "NaN" | "inf" | "-inf") => {
                text.parse().expect("these are floats in Rust's own spelling")
            }
            other => return Err(self.misfit(&other)),
        };
        Ok(Data::Float(match float {
            Float::F64 => number,
            Float::F32 => f64::from(number as f32),
        }))
    }

    fn elements_of(&self, data: Data, count: Option<usize>) -> Result<Vec<Data>, Misfit> {
        let list = match data {
            Data::List(list) => list,
            Data::Bytes(bytes) => from_bytes(bytes),
            other => return Err(self.misfit(&other)),
        };
        match count {
            Some(count) if count != list.len() => Err(Misfit::new(format!(
                "`{self}` has {count} elements, and {} stand here",
                list.len()
            ))),
            _ => Ok(list),
        }
    }

    fn fit_bytes(&self, data: Data) -> Result<Data, Misfit> {
        if matches!(data, Data::Bytes(_)) {
            return Ok(data);
        }
        let list = fit_elements(&Self::Int(Int::U8), self.elements_of(data, None)?)?;
        Ok(to_bytes(list).unwrap_or_else(Data::List))
    }

    fn fit_set(&self, element: &Self, data: Data) -> Result<Data, Misfit> {
        let mut set = BTreeSet::new();
        let elements = match data {
            Data::Set(elements) => elements.into_iter().collect(),
            other => self.elements_of(other, None)?,
        };
        for (at, data) in elements.into_iter().enumerate() {
            let data = within(at, element.fit(data))?;
            if let Some(twice) = set.replace(data) {
                let twice = twice.plain_text();
                return Err(Misfit::new(format!("{twice} stands twice in a set")).within(at));
            }
        }
        Ok(Data::Set(set))
    }

    fn fit_map(&self, key: &Self, value: &Self, data: Data) -> Result<Data, Misfit> {
        let entries = match data {
            Data::Map(map) => map.into_iter().collect(),
            Data::List(list) => pairs(list)?,
            other => return Err(self.misfit(&other)),
        };
        let mut map = BTreeMap::new();
        for (name, data) in entries {
            let label = name.plain_text();
            let fitted = within(&label, key.fit_key(name))?;
            let data = within(&label, value.fit(data))?;
            if map.insert(fitted, data).is_some() {
                return Err(Misfit::new("this key stands twice in a map").within(label));
            }
        }
        Ok(Data::Map(map))
    }

    /// A key, which in a JSON object is text whatever it is.
    fn fit_key(&self, key: Data) -> Result<Data, Misfit> {
        match (self, &key) {
            (Self::Int(_), Data::Text(text)) => match number_of(text) {
                Some(number) => self.fit(number),
                None => Err(Misfit::new(format!("{text:?} is no `{self}`"))),
            },
            (Self::Bool, Data::Text(text)) => match text.as_str() {
                "true" => Ok(Data::Bool(true)),
                "false" => Ok(Data::Bool(false)),
                _ => Err(Misfit::new(format!("{text:?} is no `bool`"))),
            },
            _ => self.fit(key),
        }
    }

    /// Fields may be missing (PS-05), but not be invented.
    fn fit_record(&self, fields: &[(String, Self)], data: Data) -> Result<Data, Misfit> {
        let Data::Map(map) = data else { return Err(self.misfit(&data)) };
        let mut record = BTreeMap::new();
        for (name, data) in map {
            let known =
                fields.iter().find(|(field, _)| matches!(&name, Data::Text(text) if text == field));
            let Some((_, ty)) = known else {
                let names: Vec<_> = fields.iter().map(|(name, _)| format!("`{name}`")).collect();
                let reason = format!(
                    "there is no field {}: there are {}",
                    name.plain_text(),
                    names.join(", ")
                );
                return Err(Misfit::new(reason));
            };
            let label = name.plain_text();
            record.insert(name, within(label, ty.fit(data))?);
        }
        Ok(Data::Map(record))
    }
}

impl Data {
    /// The value as JSON text, for messages.
    pub(crate) fn plain_text(&self) -> String {
        self.to_json().to_string()
    }
}

/// Refuses what is nested more than `left` levels deep.
pub(super) fn check_depth(data: &Data, left: usize) -> Result<(), Misfit> {
    let mut inner: Box<dyn Iterator<Item = &Data>> = match data {
        Data::List(list) => Box::new(list.iter()),
        Data::Set(set) => Box::new(set.iter()),
        Data::Map(map) => Box::new(map.iter().flat_map(|(key, value)| [key, value])),
        _ => return Ok(()),
    };
    if left == 0 {
        return Err(Misfit::new(format!("a value may be nested {DEPTH_MAX} levels deep")));
    }
    inner.try_for_each(|data| check_depth(data, left - 1))
}

fn fit_elements(element: &Type, list: Vec<Data>) -> Result<Vec<Data>, Misfit> {
    list.into_iter().enumerate().map(|(at, data)| within(at, element.fit(data))).collect()
}

fn within<T>(part: impl std::fmt::Display, result: Result<T, Misfit>) -> Result<T, Misfit> {
    result.map_err(|misfit| misfit.within(part))
}

fn pairs(list: Vec<Data>) -> Result<Vec<(Data, Data)>, Misfit> {
    let pair = |(at, data)| match data {
        Data::List(pair) => <[Data; 2]>::try_from(pair)
            .map(|[key, value]| (key, value))
            .map_err(|_| Misfit::new("an entry of a map is `[key, value]`").within(at)),
        other => {
            let reason =
                format!("an entry of a map is `[key, value]`, and {} stands here", other.kind());
            Err(Misfit::new(reason).within(at))
        }
    };
    list.into_iter().enumerate().map(pair).collect()
}

/// A whole number in the one spelling that printing gives.
fn number_of(text: &str) -> Option<Data> {
    let number = text.parse().map(Data::Int).or_else(|_| text.parse().map(Data::unsigned)).ok()?;
    (number.number_text().as_deref() == Some(text)).then_some(number)
}

impl Data {
    fn number_text(&self) -> Option<String> {
        match self {
            Self::Int(int) => Some(int.to_string()),
            Self::Huge(huge) => Some(huge.to_string()),
            _ => None,
        }
    }
}

fn range(int: Int) -> (Data, Data) {
    fn signed(least: impl Into<i128>, most: impl Into<i128>) -> (Data, Data) {
        (Data::Int(least.into()), Data::Int(most.into()))
    }
    match int {
        Int::U8 => signed(0, u8::MAX),
        Int::U16 => signed(0, u16::MAX),
        Int::U32 => signed(0, u32::MAX),
        Int::U64 | Int::Usize => signed(0, u64::MAX),
        Int::U128 => (Data::Int(0), Data::Huge(u128::MAX)),
        Int::I8 => signed(i8::MIN, i8::MAX),
        Int::I16 => signed(i16::MIN, i16::MAX),
        Int::I32 => signed(i32::MIN, i32::MAX),
        Int::I64 | Int::Isize => signed(i64::MIN, i64::MAX),
        Int::I128 => signed(i128::MIN, i128::MAX),
    }
}

/// Bytes as a list of numbers.
pub(crate) fn from_bytes(bytes: Vec<u8>) -> Vec<Data> {
    bytes.into_iter().map(|byte| Data::Int(i128::from(byte))).collect()
}

/// A list of numbers as bytes, or the list where something else is in it.
pub(crate) fn to_bytes(list: Vec<Data>) -> Result<Data, Vec<Data>> {
    let byte = |data: &Data| match data {
        Data::Int(int) => u8::try_from(*int).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = list.iter().map(byte).collect();
    bytes.map(Data::Bytes).ok_or(list)
}

/// Sixteen bytes from text with hyphens, in letters of either case.
pub(super) fn uuid_bytes(text: &str) -> Option<[u8; 16]> {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    if groups != [8, 4, 4, 4, 12] {
        return None;
    }
    let digits = text.chars().filter(|symbol| *symbol != '-').map(|symbol| symbol.to_digit(16));
    let digits: Vec<u8> = digits.map(|digit| u8::try_from(digit?).ok()).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    bytes.try_into().ok()
}

/// The text of a UUID, in small letters, so that its order is that of the bytes.
pub(super) fn uuid_text(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text += &format!("{byte:02x}");
    }
    text
}
