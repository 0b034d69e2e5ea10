//! Which constructs occur in programs, and inside of which others.

use std::collections::BTreeMap;

use super::program::{Bind, Hop, How, Items, Op, Program, Stmt, Subject};

/// How many programs have each construct. A name such as `loop > branch` says that one stands inside of the other.
#[must_use]
pub fn coverage(programs: &[Program]) -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for program in programs {
        let mut found = Found { names: Vec::new(), ops: &program.ops };
        found.list(&program.body, &mut Vec::new());
        for (index, op) in program.ops.iter().enumerate() {
            found.list(&op.body, &mut vec!["op"]);
            if calls(&op.body, index) {
                found.names.push("recursion".to_owned());
            }
        }
        found.hidden(&program.body, "");
        program.ops.iter().for_each(|op| found.hidden(&op.body, ""));
        if program.local {
            found.names.push("local".to_owned());
        }
        found.names.sort();
        found.names.dedup();
        for name in found.names {
            *all.entry(name).or_default() += 1;
        }
    }
    all
}

struct Found<'f> {
    names: Vec<String>,
    ops: &'f [Op],
}

impl Found<'_> {
    fn list(&mut self, list: &[Stmt], around: &mut Vec<&'static str>) {
        for stmt in list {
            let name = self.name(stmt);
            self.names.push(name.to_owned());
            for start in 0..around.len() {
                self.names.push(format!("{} > {name}", around[start]));
                for middle in &around[start + 1..] {
                    self.names.push(format!("{} > {middle} > {name}", around[start]));
                }
            }
            around.push(name);
            stmt.blocks().into_iter().for_each(|block| self.list(block, around));
            around.pop();
        }
    }

    fn name(&mut self, stmt: &Stmt) -> &'static str {
        match stmt {
            Stmt::Let(..) => "let",
            Stmt::Bring(..) => "bring",
            Stmt::Assign(..) | Stmt::Add(..) => "change",
            Stmt::Call(..) => "call",
            Stmt::Explode(Items::Pairs(_), _) => "explode pairs",
            Stmt::Explode(..) => "explode",
            Stmt::Filter(_) => "filter",
            Stmt::LetElse(..) => "let else",
            Stmt::If(arms, otherwise) => {
                if arms.iter().any(|(test, _)| test.half.is_some()) {
                    self.names.push("if let".to_owned());
                }
                if arms.len() > 1 {
                    self.names.push("else if".to_owned());
                }
                if !stmt.binds().is_empty() {
                    self.names.push("bound in all branches".to_owned());
                }
                if otherwise.is_some() { "if else" } else { "if" }
            }
            Stmt::Match(Subject::Half(_), _) => "match option",
            Stmt::Match(..) => "match",
            Stmt::CallOp(_, _, None) => "op call without emits",
            Stmt::CallOp(op, ..) if leaves(&self.ops[*op].body) => "hopping op call",
            Stmt::CallOp(..) => "op call",
            Stmt::MatchOp(..) => "op match",
            Stmt::Hop(Hop::All) => "all",
            Stmt::Hop(Hop::Global) => "global",
            Stmt::Hop(Hop::Direct(_)) => "direct",
            Stmt::Hop(Hop::Shuffle) => "shuffle",
            Stmt::Hop(Hop::Hash(_)) => "hash",
            Stmt::Yield => "yield",
            Stmt::Here(_) => "task",
            Stmt::Write(..) => "write",
            Stmt::Count(..) | Stmt::Mark(..) => "count",
            Stmt::Read(How::Pages, ..) => "read in pages",
            Stmt::Read(How::Many, ..) => "read many",
            Stmt::Read(How::Any, ..) => "read any",
            Stmt::Read(..) => "read",
            Stmt::Keep(..) => "keep",
            Stmt::Recall(..) => "recall",
            Stmt::Branch(_) => "branch",
            Stmt::Atomic(_) => "atomic",
            Stmt::Anchor(_) => "anchor",
            Stmt::From(labels, _) if labels.len() > 1 => "meeting",
            Stmt::From(..) => "from",
            Stmt::Loop(vars, body, _) => {
                if vars.iter().any(|var| var.bind.mutable) {
                    self.names.push("loop with mut".to_owned());
                }
                if continues(body) > 1 {
                    self.names.push("loop that branches".to_owned());
                }
                if leaves(body) { "hopping loop" } else { "loop" }
            }
            Stmt::Emit(..) => "emit",
            Stmt::Continue(_) => "continue",
        }
    }

    /// What is hidden, and what is changed apart, where it is read behind that; `outside` is what follows the blocks
    /// around the statements.
    fn hidden(&mut self, list: &[Stmt], outside: &str) {
        for (at, stmt) in list.iter().enumerate() {
            let rest = &list[at + 1..];
            let behind = format!("{rest:?}");
            let needed = |name: &str, behind: &str| behind.contains(&format!("Var(\"{name}\")"));
            let bound: Vec<String> = stmt.binds().into_iter().map(|bind| bind.name).collect();
            let apart = |names: &[String]| {
                names.iter().any(|name| !bound.contains(name) && needed(name, &behind))
            };
            let kind = if matches!(stmt, Stmt::Loop(..)) { "a loop" } else { "an arm" };
            let mut found = Vec::new();
            if apart(&stmt.inner()) {
                found.push(format!("hidden by {kind}, needed behind"));
            }
            if !stmt.blocks().is_empty() && bound.iter().any(|name| needed(name, outside)) {
                found.push("hidden by branches or a loop, needed behind the block".to_owned());
            }
            if matches!(stmt, Stmt::Branch(_) | Stmt::Atomic(_)) && apart(&changed(stmt)) {
                found.push("changed beside the flow, needed behind".to_owned());
            }
            if matches!(stmt, Stmt::Loop(..)) && apart(&changed(stmt)) {
                found.push("changed in a loop, needed behind".to_owned());
            }
            let emits = matches!(stmt, Stmt::Explode(..) | Stmt::Read(How::Many | How::Pages, ..));
            let own: Vec<String> =
                rest.iter().flat_map(Stmt::binds).map(|bind| bind.name).collect();
            let of_before = |name: &String| !bound.contains(name) && !own.contains(name);
            if emits && rest.iter().flat_map(changed).any(|name| of_before(&name)) {
                found.push("changed behind emits".to_owned());
            }
            self.names.extend(found);
            let outside = format!("{behind}{outside}");
            stmt.blocks().into_iter().for_each(|block| self.hidden(block, &outside));
        }
    }
}

/// The variables that a statement changes which it does not bind in one of its blocks.
fn changed(stmt: &Stmt) -> Vec<String> {
    if let Stmt::Assign(name, _) | Stmt::Add(name, _) = stmt {
        return vec![name.clone()];
    }
    let of_block = |block: &[Stmt]| {
        let bound: Vec<Bind> = block.iter().flat_map(Stmt::binds).collect();
        let mut changed: Vec<String> = block.iter().flat_map(changed).collect();
        changed.retain(|name| bound.iter().all(|bind| bind.name != *name));
        changed
    };
    let inner = stmt.inner();
    let mut changed: Vec<String> = stmt.blocks().into_iter().flat_map(of_block).collect();
    changed.retain(|name| !inner.contains(name));
    changed
}

/// Whether statements leave their task themselves.
fn leaves(list: &[Stmt]) -> bool {
    list.iter().any(|stmt| {
        let here = matches!(
            stmt,
            Stmt::Hop(_) | Stmt::Yield | Stmt::Count(..) | Stmt::Mark(..) | Stmt::Read(..)
        );
        here || stmt.blocks().into_iter().any(leaves)
    })
}

fn calls(list: &[Stmt], index: usize) -> bool {
    list.iter().any(|stmt| {
        let here = matches!(stmt, Stmt::CallOp(op, ..) | Stmt::MatchOp(op, ..) if *op == index);
        here || stmt.blocks().into_iter().any(|block| calls(block, index))
    })
}

/// How many `continue_with` belong to a loop.
fn continues(list: &[Stmt]) -> usize {
    let count = |stmt: &Stmt| match stmt {
        Stmt::Continue(_) => 1,
        Stmt::Loop(..) => 0,
        other => other.blocks().into_iter().map(continues).sum(),
    };
    list.iter().map(count).sum()
}
