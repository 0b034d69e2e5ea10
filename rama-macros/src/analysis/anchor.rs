//! `anchor 'name;` and `from 'name { … }` (OP-16 to OP-19).
//!
//! What goes on from one anchor is resolved where the anchor stands, as a branch beside the flow. What goes on from
//! several is a meeting: it sees the variables that are there at all of them.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;

use super::resolve::Resolver;
use super::scope::Name;
use super::tree::{Anchor, Kind, Meeting, Phi, Statement, VarId, Vars};
use crate::ops::nearest;
use crate::syntax;

/// The anchors of a flow, by name.
#[derive(Default)]
pub(super) struct Anchors<'a> {
    /// With what is in scope there.
    seen: BTreeMap<String, BTreeMap<String, VarId>>,
    /// The meetings further down, by where they stand.
    meetings: Vec<&'a syntax::Onward>,
    /// Those from which nothing goes on, with their keywords.
    idle: Vec<(Ident, String)>,
    /// Those that are probably meant by names that are no anchors.
    meant: BTreeSet<String>,
    /// The anchor from which the code goes on, and how many blocks are around that.
    pub(super) from: Option<(Ident, usize)>,
}

impl<'a> Resolver<'a> {
    /// What goes on from here, as branches and meetings.
    pub(super) fn anchor(&mut self, keyword: &Ident, label: &Ident) -> Vec<Statement> {
        let name = label.to_string();
        if self.anchors.seen.contains_key(&name) {
            let message = format!("anchor `'{name}` is there twice");
            self.errors.error(label.span(), message, "give one of them another name");
            return Vec::new();
        }
        let lists = self.following.clone();
        let here: Vec<(&'a syntax::Onward, usize)> = lists
            .iter()
            .flat_map(|behind| behind.list.iter().map(|statement| (statement, behind.loops)))
            .filter_map(|(statement, loops)| match statement {
                syntax::Statement::Onward(from) if from.labels.contains(label) => {
                    Some((from, loops))
                }
                _ => None,
            })
            .collect();
        if here.is_empty() {
            self.anchors.idle.push((keyword.clone(), name.clone()));
        }
        let scope = self.scope.visible();
        self.anchors.seen.insert(name, scope);
        let mut statements = Vec::new();
        for (from, loops) in here {
            if from.labels.len() == 1 {
                let apart = std::mem::replace(&mut self.apart, loops < self.loops.len());
                let here = Some((label.clone(), self.following.len()));
                let outer = std::mem::replace(&mut self.anchors.from, here);
                statements.push(self.beside(&from.body, false));
                (self.apart, self.anchors.from) = (apart, outer);
            } else if let Some(place) = from.labels.iter().position(|one| one == label) {
                let meeting = self.meeting(from);
                let label = label_of(from);
                let kind = Kind::Anchor(Anchor { meeting, place, frame: Vec::new(), label });
                statements.push(Statement::new(kind, Vec::new(), Vars::new()));
            }
        }
        statements
    }

    /// The number of a meeting.
    fn meeting(&mut self, from: &'a syntax::Onward) -> usize {
        let known = self.anchors.meetings.iter().position(|one| std::ptr::eq(*one, from));
        known.unwrap_or_else(|| {
            self.anchors.meetings.push(from);
            self.anchors.meetings.len() - 1
        })
    }

    /// The statement `from`: a meeting stands here, everything else stands at its anchor.
    pub(super) fn onward(&mut self, from: &'a syntax::Onward) -> Option<Statement> {
        for label in &from.labels {
            let name = label.to_string();
            if self.anchors.seen.contains_key(&name) {
                continue;
            }
            self.unknown_anchor(label, &name);
            return None;
        }
        if from.labels.len() < 2 {
            return None;
        }
        if self.around.topology.is_none() {
            let help = "it belongs in `sources!` of a `defmodule!`";
            let message = "several anchors cannot meet outside of a module";
            self.errors.error(from.keyword.span(), message, help);
            return None;
        }
        let scopes: Vec<_> =
            from.labels.iter().map(|label| self.anchors.seen[&label.to_string()].clone()).collect();
        let number = self.meeting(from);
        let outer = self.scope.alone();
        let mut phis = Vec::new();
        let names: BTreeSet<&String> = scopes.iter().flat_map(BTreeMap::keys).collect();
        let labels = &from.labels;
        for name in names {
            let from: Vec<_> = scopes.iter().map(|scope| scope.get(name).copied()).collect();
            if let (Some(same), true) = (from[0], from.iter().all(|one| *one == from[0])) {
                self.scope.set(name.clone(), Name::Variable(same));
            } else if from.iter().all(Option::is_some) {
                let variable = self.scope.merged(name, &from);
                phis.push(Phi { variable, from });
            } else if let Some(lacking) = from.iter().position(Option::is_none) {
                let lacking = format!("not at `anchor '{}`", labels[lacking]);
                self.scope.set(name.clone(), Name::Partial { lacking });
            }
        }
        let body = self.statements(&from.body);
        self.scope.restore(outer);
        let (anchors, label) = (from.labels.len(), label_of(from));
        let meeting = Meeting { number, anchors, phis, frame: Vec::new(), body, label };
        Some(Statement::new(Kind::Meeting(meeting), Vec::new(), Vars::new()))
    }

    fn unknown_anchor(&mut self, label: &Ident, name: &str) {
        let meant = nearest(name, self.anchors.seen.keys()).cloned();
        let help = match &meant {
            Some(meant) => format!("did you mean `'{meant}`?"),
            None => format!("write `anchor '{name};` before this, in this block or inside of it"),
        };
        self.anchors.meant.extend(meant);
        let message = format!("there is no anchor `'{name}` before this");
        self.errors.error(label.span(), message, help);
    }

    /// Reports anchors that nobody needs, when the whole flow is known: one mistake in a name gets one message.
    pub(super) fn idle_anchors(&mut self) {
        for (keyword, name) in std::mem::take(&mut self.anchors.idle) {
            if !self.anchors.meant.contains(&name) {
                let help = format!(
                    "write `from '{name} {{ … }}` further down, in this block or one around it"
                );
                self.errors.error(keyword.span(), format!("nothing goes on from `'{name}`"), help);
            }
        }
    }

    /// Statements beside the flow, which sees nothing of them.
    pub(super) fn beside(&mut self, body: &'a [syntax::Statement], settles: bool) -> Statement {
        self.scope.open();
        let body = self.statements(body);
        self.scope.close();
        Statement::new(Kind::Aside { settles, body }, Vec::new(), Vars::new())
    }
}

fn label_of(from: &syntax::Onward) -> String {
    let labels: Vec<_> = from.labels.iter().map(|label| format!("'{label}")).collect();
    format!("from {}", labels.join(", "))
}
