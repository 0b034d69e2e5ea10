//! Options of depots: known, with a value, written once, and not without what they belong to.

use super::tree::DepotOption;
use crate::diagnostics::Diagnostics;
use crate::ops::{self, Row};
use crate::syntax::DeclarationOption;

/// Judges the options; those that are wrong are reported and left out.
pub(super) fn analyze_depot_options(
    options: Vec<DeclarationOption>,
    errors: &mut Diagnostics,
) -> Vec<DepotOption> {
    let names: Vec<String> = options.iter().map(|option| option.name.to_string()).collect();
    let mut kept: Vec<DepotOption> = Vec::new();
    for DeclarationOption { name, value } in options {
        let row = match ops::DepotOption::find(&name.to_string(), "") {
            Ok(row) => row,
            Err(help) => {
                errors.error(name.span(), format!("unknown option `{name}` of a depot"), help);
                continue;
            }
        };
        let Some(value) = value else {
            let help = format!("write `{}`: {}", row.shape, row.doc);
            errors.error(name.span(), format!("`{name}` needs a value"), help);
            continue;
        };
        if kept.iter().any(|other| other.name == name) {
            errors.error(name.span(), format!("`{name}` is given twice"), "leave one of them out");
            continue;
        }
        if let Some(of) = row.of.filter(|of| !names.iter().any(|name| name == of)) {
            let message = format!("`{name}` says nothing without `{of}`");
            let help =
                format!("add `{of}: 1_000`, which keeps so many records, or leave `{name}` out");
            errors.error(name.span(), message, help);
            continue;
        }
        kept.push(DepotOption { name, value });
    }
    kept
}
