//! `sorted_map_range_from` and its kin: a key, and how far the range goes.

use proc_macro2::Ident;

use super::path::Called;
use super::resolve::Resolver;
use super::tree::{Argument, Step, Vars};
use crate::ops::did_you_mean;
use crate::syntax::PathArg;

impl Resolver<'_> {
    /// A key, and nothing, a number, or options by name behind it.
    pub(super) fn range(&mut self, called: &Called<'_>, steps: &mut Vec<Step>, used: &mut Vars) {
        let key = self.argument(&called.args[0], used);
        let range = match &called.args[1..] {
            [limit] if limit.option.is_none() => self.argument(limit, used),
            options => {
                let mut kept: Vec<(Ident, _)> = Vec::new();
                for arg in options {
                    if let Some(option) = self.range_option(arg, called, &kept) {
                        kept.push((option, self.value(&arg.step.code, used)));
                    }
                }
                Argument::Range(kept)
            }
        };
        steps.push(called.step(vec![key, range]));
    }

    fn range_option<V>(
        &mut self,
        arg: &PathArg,
        called: &Called<'_>,
        before: &[(Ident, V)],
    ) -> Option<Ident> {
        let known = ["max_amt", "inclusive"];
        let shape = || format!("write {}", called.row.params.describe(called.row.name));
        let Some(option) = &arg.option else {
            let message = "an argument without a name behind the options";
            self.errors.error(arg.step.code.span(), message, shape());
            return None;
        };
        let name = option.to_string();
        if !known.contains(&name.as_str()) {
            let help = did_you_mean(&name, "", known).unwrap_or_else(shape);
            let message = format!("`{}` has no option `{name}`", called.name);
            self.errors.error(option.span(), message, help);
            return None;
        }
        if before.iter().any(|(other, _)| other == option) {
            let message = format!("`{name}` is given twice");
            self.errors.error(option.span(), message, "leave one of them out");
            return None;
        }
        Some(option.clone())
    }
}
