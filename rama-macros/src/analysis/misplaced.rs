//! Parts of the language inside of plain Rust, where they cannot stand: what was meant.

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

use super::resolve::Resolver;
use crate::ops::{Emits, Operation, Operator, Row};
use crate::syntax::{Code, Pattern, text};

/// A PState in the middle of Rust, with what stands around it.
struct Found {
    pstate: Ident,
    /// The operator whose argument it is.
    operator: Option<(Ident, &'static Operator)>,
    /// Whether a loop, a block or a closure is around it.
    inside: bool,
}

impl Resolver<'_> {
    /// Reports a PState in what `syn` cannot read; `pattern` is what a `let` binds to it.
    pub(super) fn misplaced_pstate(&mut self, code: &Code, pattern: Option<&Pattern>) {
        if code.tree.is_some() {
            return;
        }
        let Some(found) = find(&code.tokens, None, false) else {
            return;
        };
        let Found { pstate, operator, inside } = found;
        let message = format!("`$${pstate}` inside of plain Rust");
        let (span, message, help) = match operator {
            _ if inside => (pstate.span(), message, IN_RUST.to_owned()),
            Some((name, operator)) => {
                let message = format!("`{name}` is a statement of dataflow, not a value");
                (name.span(), message, as_statement(operator, pattern))
            }
            None => (
                pstate.span(),
                message,
                format!(
                    "read it with `local_select([path], $${pstate}) :> name;`, change it with `local_transform([path, termval(value)], $${pstate});`"
                ),
            ),
        };
        self.errors.error(span, message, help);
    }
}

impl Resolver<'_> {
    /// Reports a call of what is no function, in the middle of Rust.
    pub(super) fn called_as_value(&mut self, name: &Ident) {
        let text = name.to_string();
        if self.scope.find(&text).is_some() || self.around.items.contains(&text) {
            return;
        }
        let help = if self.around.ops.contains_key(&text) {
            format!("write `{text}(…) :> value;` before this, and use `value`")
        } else {
            match Operator::find(&text, "") {
                // Functions with one of the other names may be imported, which the macro cannot see.
                Ok(row) => match row.operation {
                    Operation::Ask | Operation::Await => {
                        format!("write `{}` before this, and use what it emits", row.shape)
                    }
                    Operation::AckReturn | Operation::Append | Operation::Yield => {
                        format!(
                            "write `{}` on its own, not in a loop or closure of Rust",
                            row.shape
                        )
                    }
                    _ => return,
                },
                Err(_) => return,
            }
        };
        let message = format!("`{text}` is a statement of dataflow, not a value");
        self.errors.error(name.span(), message, help);
    }
}

const IN_RUST: &str = "dataflow cannot stand in a loop or closure of Rust; instead of a loop write `explode(iterator) :> item;`";

fn as_statement(operator: &Operator, pattern: Option<&Pattern>) -> String {
    let name = operator.name;
    match (operator.emits, pattern) {
        (Emits::Values, Some(pattern)) => {
            format!("write `{name}(..) :> {};`", text(&pattern.tokens))
        }
        (Emits::Values, None) => format!("write `{name}(..) :> name;` before this, and use `name`"),
        (Emits::Nothing, _) => format!("write `{name}(..);` on its own"),
    }
}

/// The first PState, looking into groups.
fn find(
    tokens: &TokenStream,
    operator: Option<(Ident, &'static Operator)>,
    inside: bool,
) -> Option<Found> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let punct = |at: usize, wanted: char| {
        let token = tokens.get(at);
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
    };
    let mut inside = inside;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let braces = group.delimiter() == Delimiter::Brace;
                let called = at.checked_sub(1).and_then(|before| operator_at(&tokens[before]));
                let found = find(&group.stream(), called, inside || braces);
                if found.is_some() {
                    return found;
                }
            }
            TokenTree::Punct(bar) if bar.as_char() == '|' => inside = true,
            TokenTree::Ident(name) if at >= 2 && punct(at - 1, '$') && punct(at - 2, '$') => {
                let operator = operator.filter(|_| !punct(at + 1, '.'));
                return Some(Found { pstate: name.clone(), operator, inside });
            }
            _ => {}
        }
    }
    None
}

fn operator_at(token: &TokenTree) -> Option<(Ident, &'static Operator)> {
    let TokenTree::Ident(name) = token else {
        return None;
    };
    let operator = Operator::find(&name.to_string(), "").ok()?;
    Some((name.clone(), operator))
}
