//! Functions on lists, sets and maps.

use super::{Function, MANY, wants};
use crate::dynamic::data::Data;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "identity",
        takes: "a value",
        gives: "the same value",
        count: 1..=1,
        run: |v| Ok(v[0].clone()),
    },
    Function {
        name: "size",
        takes: "a collection or text",
        gives: "the number of its elements, entries or characters",
        count: 1..=1,
        run: |v| size(&v[0]),
    },
    Function {
        name: "keys",
        takes: "a map",
        gives: "its keys as a list",
        count: 1..=1,
        run: |v| of_map(&v[0], |key, _| key.clone()),
    },
    Function {
        name: "vals",
        takes: "a map",
        gives: "its values as a list",
        count: 1..=1,
        run: |v| of_map(&v[0], |_, value| value.clone()),
    },
    Function {
        name: "entries",
        takes: "a map",
        gives: "its entries as a list of [key, value]",
        count: 1..=1,
        run: |v| of_map(&v[0], |key, value| Data::List(vec![key.clone(), value.clone()])),
    },
    Function {
        name: "first",
        takes: "a list or a set",
        gives: "its first element, null of an empty one",
        count: 1..=1,
        run: |v| Ok(elements(&v[0])?.into_iter().next().unwrap_or(Data::Null)),
    },
    Function {
        name: "last",
        takes: "a list or a set",
        gives: "its last element, null of an empty one",
        count: 1..=1,
        run: |v| Ok(elements(&v[0])?.into_iter().next_back().unwrap_or(Data::Null)),
    },
    Function {
        name: "rest",
        takes: "a list or a set",
        gives: "a list of all elements but the first",
        count: 1..=1,
        run: |v| Ok(Data::List(elements(&v[0])?.into_iter().skip(1).collect())),
    },
    Function {
        name: "reverse",
        takes: "a list or a set",
        gives: "a list with the last element first",
        count: 1..=1,
        run: |v| Ok(Data::List(elements(&v[0])?.into_iter().rev().collect())),
    },
    Function {
        name: "sort",
        takes: "a list or a set",
        gives: "a list with the least element first",
        count: 1..=1,
        run: |v| sort(&v[0]),
    },
    Function {
        name: "to_list",
        takes: "a list or a set",
        gives: "a list of its elements",
        count: 1..=1,
        run: |v| elements(&v[0]).map(Data::List),
    },
    Function {
        name: "to_set",
        takes: "a list or a set",
        gives: "a set of its elements",
        count: 1..=1,
        run: |v| Ok(Data::Set(elements(&v[0])?.into_iter().collect())),
    },
    Function {
        name: "list",
        takes: "values",
        gives: "a list of them",
        count: MANY,
        run: |v| Ok(Data::List(v.to_vec())),
    },
    Function {
        name: "concat",
        takes: "lists, or texts",
        gives: "one after the other",
        count: MANY,
        run: concat,
    },
    Function {
        name: "append",
        takes: "a list and values",
        gives: "the list with the values at its end",
        count: MANY,
        run: append,
    },
    Function {
        name: "merge",
        takes: "maps",
        gives: "one map; where keys are the same, the later map counts",
        count: MANY,
        run: merge,
    },
    Function {
        name: "get",
        takes: "a map or a list, and a key or an index",
        gives: "what stands there, or null",
        count: 2..=2,
        run: |v| get(&v[0], &v[1]),
    },
    Function {
        name: "or",
        takes: "values",
        gives: "the first that is not null",
        count: MANY,
        run: |v| Ok(v.iter().find(|value| **value != Data::Null).unwrap_or(&Data::Null).clone()),
    },
];

impl Data {
    /// The elements of a list or set; null is empty.
    pub(in crate::dynamic) fn elements(&self) -> Option<Vec<Self>> {
        match self {
            Self::Null => Some(Vec::new()),
            Self::List(list) => Some(list.clone()),
            Self::Bytes(bytes) => Some(crate::dynamic::data::from_bytes(bytes.clone())),
            Self::Set(set) => Some(set.iter().cloned().collect()),
            Self::Bool(_)
            | Self::Int(_)
            | Self::Huge(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Map(_) => None,
        }
    }
}

fn elements(data: &Data) -> Result<Vec<Data>, String> {
    data.elements().ok_or_else(|| wants("a list or a set", data))
}

fn size(data: &Data) -> Result<Data, String> {
    let size = match data {
        Data::Text(text) => Some(text.chars().count()),
        other => other.size(),
    };
    size.map(Data::count).ok_or_else(|| wants("a collection or text", data))
}

fn of_map(data: &Data, part: fn(&Data, &Data) -> Data) -> Result<Data, String> {
    match data {
        Data::Null => Ok(Data::List(Vec::new())),
        Data::Map(map) => Ok(Data::List(map.iter().map(|(key, value)| part(key, value)).collect())),
        other => Err(wants("a map", other)),
    }
}

fn sort(data: &Data) -> Result<Data, String> {
    let mut elements = elements(data)?;
    elements.sort_by(Data::compare);
    Ok(Data::List(elements))
}

fn concat(values: &[Data]) -> Result<Data, String> {
    if let Some(Data::Text(_)) = values.first() {
        let text = |value: &Data| match value {
            Data::Text(text) => Ok(text.clone()),
            other => Err(wants("texts", other)),
        };
        return values.iter().map(text).collect::<Result<String, _>>().map(Data::Text);
    }
    let lists: Vec<_> = values.iter().map(elements).collect::<Result<_, _>>()?;
    Ok(Data::List(lists.into_iter().flatten().collect()))
}

fn append(values: &[Data]) -> Result<Data, String> {
    let mut list = elements(&values[0])?;
    list.extend_from_slice(&values[1..]);
    Ok(Data::List(list))
}

fn merge(values: &[Data]) -> Result<Data, String> {
    let mut merged = std::collections::BTreeMap::new();
    for value in values {
        match value {
            Data::Null => {}
            Data::Map(map) => merged.extend(map.clone()),
            other => return Err(wants("maps", other)),
        }
    }
    Ok(Data::Map(merged))
}

fn get(data: &Data, key: &Data) -> Result<Data, String> {
    let found = match (data, key) {
        (Data::Map(map), key) => map.get(key).cloned(),
        (Data::Null, _) => None,
        (list, Data::Int(index)) => usize::try_from(*index)
            .ok()
            .and_then(|index| elements(list).ok()?.into_iter().nth(index)),
        (other, _) => return Err(wants("a map, or a list and an index", other)),
    };
    Ok(found.unwrap_or(Data::Null))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use serde_json::json;

    #[test]
    fn parts_of_collections_are_taken() {
        check("size", json!([{"a": 1}]), Ok(json!(1)));
        check("size", json!(["äö"]), Ok(json!(2)));
        check("size", json!([null]), Ok(json!(0)));
        check("size", json!([5]), Err("wants a collection or text"));
        check("keys", json!([{"b": 1, "a": 2}]), Ok(json!(["a", "b"])));
        check("vals", json!([{"b": 1, "a": 2}]), Ok(json!([2, 1])));
        check("entries", json!([{"a": 2}]), Ok(json!([["a", 2]])));
        check("keys", json!([[1]]), Err("wants a map, and a list came"));
        check("first", json!([[3, 4]]), Ok(json!(3)));
        check("last", json!([[3, 4]]), Ok(json!(4)));
        check("last", json!([[]]), Ok(json!(null)));
        check("rest", json!([[3, 4]]), Ok(json!([4])));
        check("get", json!([{"a": 2}, "a"]), Ok(json!(2)));
        check("get", json!([[5, 6], 1]), Ok(json!(6)));
        check("get", json!([[5, 6], -1]), Ok(json!(null)));
        check("or", json!([null, false, 1]), Ok(json!(false)));
    }

    #[test]
    fn collections_are_rearranged() {
        check("reverse", json!([[1, 2, 3]]), Ok(json!([3, 2, 1])));
        check("sort", json!([[3, 1.5, 2]]), Ok(json!([1.5, 2, 3])));
        check("to_set", json!([[3, 1, 3]]), Ok(json!([1, 3])));
        check("to_list", json!([[3, 1, 3]]), Ok(json!([3, 1, 3])));
        check("list", json!([1, 2]), Ok(json!([1, 2])));
        check("concat", json!([[1], [2, 3]]), Ok(json!([1, 2, 3])));
        check("concat", json!(["a", "b"]), Ok(json!("ab")));
        check("concat", json!(["a", 1]), Err("wants texts"));
        check("append", json!([[1], 2, 3]), Ok(json!([1, 2, 3])));
        check("append", json!([null, 2]), Ok(json!([2])));
        check("merge", json!([{"a": 1, "b": 1}, {"b": 2}]), Ok(json!({"a": 1, "b": 2})));
        check("merge", json!([[1]]), Err("wants maps"));
    }
}
