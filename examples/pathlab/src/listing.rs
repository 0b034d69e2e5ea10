//! The navigators and functions as text to read.

use rama_core::dynamic::{Function, Navigator};

/// Every navigator with its arguments, where it leads, and an example as `pathlab` reads and answers it.
pub fn navigators() -> String {
    let entries: Vec<_> = rama_core::dynamic::navigators().map(navigator).collect();
    entries.join("\n")
}

fn navigator(row: &Navigator) -> String {
    let Navigator { name, summary, example, .. } = row;
    let arguments = in_front(", ", row.arguments);
    let catalogue = in_front("  ", row.catalogue);
    let value = in_front(", \"value\": ", example.value.unwrap_or_default());
    let (op, path, data, result) = (example.op, example.path, example.data, example.result);
    format!(
        "[\"{name}\"{arguments}]{catalogue}\n    {summary}\n    \
         {{\"op\": \"{op}\", \"path\": {path}{value}, \"data\": {data}}}\n    {{\"result\": {result}}}\n"
    )
}

/// The text with something in front of it, where there is a text.
fn in_front(front: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{front}{text}") }
}

/// Every function with the values it takes and what it gives.
pub fn functions() -> String {
    let rows: Vec<&Function> = rama_core::dynamic::functions().collect();
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or_default();
    rows.iter().map(|row| format!("{:width$}  {}: {}\n", row.name, row.takes, row.gives)).collect()
}
