//! `loop`, and what stands in it: `emit` and `continue_with`.

use proc_macro2::Ident;

use super::op::leaves;
use super::resolve::Resolver;
use super::tree::{Course, Kind, Loop, LoopVariable, Statement, Stream, Vars};
use crate::ops::did_you_mean;
use crate::syntax::{self, Code};

impl<'a> Resolver<'a> {
    pub(super) fn resolve_loop(&mut self, found: &'a syntax::Loop, followed: bool) -> Statement {
        let mut uses = Vars::new();
        let variable = |variable: &syntax::LoopVariable, resolver: &mut Self, uses: &mut Vars| {
            let value = resolver.value(&variable.value, uses);
            let (pattern, ty) = (variable.pattern.clone(), variable.ty.clone());
            LoopVariable { pattern, ty, value }
        };
        let variables: Vec<_> =
            found.variables.iter().map(|one| variable(one, self, &mut uses)).collect();
        self.scope.open();
        let binds = found.variables.iter().flat_map(|one| self.bind(&one.pattern)).collect();
        self.loops.push(false);
        self.rounds.push(found.variables.len());
        let apart = std::mem::take(&mut self.apart);
        let body = self.statements(&found.body);
        self.apart = apart;
        self.rounds.pop();
        let emits = self.loops.pop().unwrap_or_default();
        self.scope.close();
        if !emits && (followed || found.pattern.is_some()) {
            let help = "write `emit(value);` where the flow goes on";
            let message = "this loop never emits, so nothing behind it runs";
            self.errors.error(found.keyword.span(), message, help);
        }
        let pattern = found.pattern.clone();
        let after = pattern.iter().flat_map(|pattern| self.bind(pattern)).collect();
        let hops = leaves(&found.body, &self.around.ops);
        let course = if hops { Course::Hops } else { Course::Many };
        let (round, outside) = (Vars::new(), Vars::new());
        let kind = Kind::Loop(Loop { variables, binds, body, pattern, round, after: outside });
        Statement { kind, binds: after, uses, live: Vars::new(), course }
    }

    pub(super) fn give(
        &mut self,
        keyword: &Ident,
        stream: Option<&Ident>,
        values: &'a [Code],
        uses: &mut Vars,
    ) -> Option<Kind> {
        self.check_apart(keyword)?;
        let stream = if let Some(emits) = self.loops.last_mut() {
            *emits = true;
            if let Some(stream) = stream {
                let help = "a loop has one stream: write `emit(value);`";
                self.errors.error(stream.span(), "unexpected name in front of the value", help);
            }
            None
        } else {
            let stream = self.stream(keyword, stream)?;
            self.emitted.insert(stream.as_ref().map(|stream| stream.name.to_string()));
            stream
        };
        let values = values.iter().map(|value| self.value(value, uses)).collect();
        Some(Kind::Give { keyword: keyword.clone(), stream, values })
    }

    /// What goes on from an anchor in a loop is not in that loop when it stands behind it.
    fn check_apart(&mut self, keyword: &Ident) -> Option<()> {
        if !self.apart {
            return Some(());
        }
        let message = format!("`{keyword}` behind a loop, from an anchor in it");
        let help = "put `from` into the loop too, or write this where the anchor is";
        self.errors.error(keyword.span(), message, help);
        None
    }

    /// The stream of the operation around the code, if it has several.
    fn stream(&mut self, keyword: &Ident, stream: Option<&Ident>) -> Option<Option<Stream>> {
        let Some(op) = self.around.op.clone() else {
            let help = "it belongs in `loop (…) { … } :> pattern;` or in an `op`; to end an emit write `filter(condition);`";
            self.errors.error(keyword.span(), "`emit` outside of a loop or an operation", help);
            return None;
        };
        let streams = &self.around.ops[&op.to_string()].streams;
        let names = || streams.iter().map(|one| format!("`emit({one}: value);`"));
        let (at, message, help) = match (streams.as_slice(), stream) {
            ([_], None) => return Some(None),
            ([], _) => {
                let help = format!("say what it emits: `op {op}(…) :> result: Type {{ … }}`");
                (keyword, format!("`{op}` emits nothing"), help)
            }
            ([one], Some(name)) if name == one => return Some(None),
            (several, Some(name)) => {
                if several.iter().any(|one| name == one) {
                    return Some(Some(Stream { op, name: name.clone() }));
                }
                let help =
                    did_you_mean(&name.to_string(), "", several.iter()).unwrap_or_else(|| {
                        format!("write {}", names().collect::<Vec<_>>().join(" or "))
                    });
                (name, format!("`{op}` has no stream `{name}`"), help)
            }
            (_, None) => {
                let help = format!("write {}", names().collect::<Vec<_>>().join(" or "));
                (keyword, format!("`{op}` emits on several streams"), help)
            }
        };
        self.errors.error(at.span(), message, help);
        None
    }

    pub(super) fn again(
        &mut self,
        keyword: &Ident,
        values: &'a [Code],
        uses: &mut Vars,
    ) -> Option<Kind> {
        self.check_apart(keyword)?;
        let Some(count) = self.rounds.last().copied() else {
            let help = "it belongs in `loop (name = value) { … } :> pattern;`";
            self.errors.error(keyword.span(), "`continue_with` outside of a loop", help);
            return None;
        };
        if values.len() != count {
            let message = format!("this loop has {count} variables, not {}", values.len());
            let help = "write `continue_with(…);` with a value for each, in their order";
            self.errors.error(keyword.span(), message, help);
            return None;
        }
        let values = values.iter().map(|value| self.value(value, uses)).collect();
        Some(Kind::Again { values })
    }
}
