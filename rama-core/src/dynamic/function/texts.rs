//! Functions on text.

use super::{Function, wants};
use crate::dynamic::data::Data;

pub(super) const ROWS: &[Function] = &[
    Function {
        name: "upper",
        takes: "a text",
        gives: "it in capital letters",
        count: 1..=1,
        run: |v| map(&v[0], str::to_uppercase),
    },
    Function {
        name: "lower",
        takes: "a text",
        gives: "it in small letters",
        count: 1..=1,
        run: |v| map(&v[0], str::to_lowercase),
    },
    Function {
        name: "trim",
        takes: "a text",
        gives: "it without blanks around it",
        count: 1..=1,
        run: |v| map(&v[0], |text| text.trim().to_owned()),
    },
    Function {
        name: "chars",
        takes: "a text",
        gives: "a list of its characters",
        count: 1..=1,
        run: |v| {
            Ok(Data::List(text(&v[0])?.chars().map(|letter| Data::Text(letter.into())).collect()))
        },
    },
    Function {
        name: "split",
        takes: "a text and a separator",
        gives: "a list of the parts between separators",
        count: 2..=2,
        run: |v| split(&v[0], &v[1]),
    },
    Function {
        name: "join",
        takes: "a list of texts and a separator",
        gives: "one text",
        count: 1..=2,
        run: join,
    },
    Function {
        name: "to_text",
        takes: "a value",
        gives: "its text; what is no text is written as JSON",
        count: 1..=1,
        run: |v| Ok(Data::Text(shown(&v[0]))),
    },
    Function {
        name: "to_number",
        takes: "a text",
        gives: "the number that it spells",
        count: 1..=1,
        run: |v| to_number(&v[0]),
    },
];

fn text(data: &Data) -> Result<&str, String> {
    match data {
        Data::Text(text) => Ok(text),
        other => Err(wants("text", other)),
    }
}

fn map(data: &Data, function: impl Fn(&str) -> String) -> Result<Data, String> {
    text(data).map(|text| Data::Text(function(text)))
}

fn shown(data: &Data) -> String {
    match data {
        Data::Text(text) => text.clone(),
        other => other.plain_text(),
    }
}

fn split(data: &Data, separator: &Data) -> Result<Data, String> {
    let (text, separator) = (text(data)?, text(separator)?);
    if separator.is_empty() {
        return Err("wants a separator: take `chars` for every character".to_owned());
    }
    Ok(Data::List(text.split(separator).map(Data::from).collect()))
}

fn join(values: &[Data]) -> Result<Data, String> {
    let separator = values.get(1).map_or(Ok(""), text)?;
    let parts = values[0].elements().ok_or_else(|| wants("a list of texts", &values[0]))?;
    let parts: Vec<_> = parts.iter().map(shown).collect();
    Ok(Data::Text(parts.join(separator)))
}

fn to_number(data: &Data) -> Result<Data, String> {
    let text = text(data)?;
    if let Ok(number) = text.parse() {
        return Ok(Data::Int(number));
    }
    let number = text.parse().ok().filter(|number: &f64| number.is_finite());
    number.map(Data::Float).ok_or_else(|| format!("finds no number in {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use serde_json::json;

    #[test]
    fn texts_are_changed_taken_apart_and_put_together() {
        check("upper", json!(["aß"]), Ok(json!("ASS")));
        check("lower", json!(["AB"]), Ok(json!("ab")));
        check("trim", json!([" a "]), Ok(json!("a")));
        check("chars", json!(["äb"]), Ok(json!(["ä", "b"])));
        check("split", json!(["a,b", ","]), Ok(json!(["a", "b"])));
        check("split", json!(["a,b", ""]), Err("take `chars`"));
        check("join", json!([["a", 1], "-"]), Ok(json!("a-1")));
        check("join", json!([["a", "b"]]), Ok(json!("ab")));
        check("to_text", json!([{"a": [1]}]), Ok(json!("{\"a\":[1]}")));
        check("to_number", json!(["12"]), Ok(json!(12)));
        check("to_number", json!(["1.5"]), Ok(json!(1.5)));
        check("to_number", json!(["x"]), Err("finds no number in \"x\""));
        check("to_number", json!(["inf"]), Err("finds no number"));
        check("upper", json!([1]), Err("`upper` wants text, and a whole number came"));
    }
}
