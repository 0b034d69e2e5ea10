//! Which names are variables at a point.

use std::collections::BTreeMap;

use proc_macro2::Ident;

use super::tree::{VarId, Variable};
use crate::syntax::Bind;

/// All variables of a flow and those in scope, block by block.
pub(super) struct Scope {
    pub(super) variables: Vec<Variable>,
    blocks: Vec<BTreeMap<String, Name>>,
}

/// What was in scope before.
pub(super) struct Blocks(Vec<BTreeMap<String, Name>>);

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Name {
    Variable(VarId),
    /// Bound before, but only in some branches: which branch lacks it.
    Partial {
        lacking: String,
    },
}

impl Scope {
    pub(super) fn new() -> Self {
        Self { variables: Vec::new(), blocks: vec![BTreeMap::new()] }
    }

    pub(super) fn open(&mut self) {
        self.blocks.push(BTreeMap::new());
    }

    /// Leaves a block; gives what was bound in it.
    pub(super) fn close(&mut self) -> BTreeMap<String, Name> {
        self.blocks.pop().unwrap_or_default()
    }

    pub(super) fn bind(&mut self, bind: &Bind) -> VarId {
        let variable = VarId(self.variables.len());
        self.variables.push(Variable {
            name: bind.name.clone(),
            mutable: bind.mutable,
            own: false,
        });
        self.set(bind.name.to_string(), Name::Variable(variable));
        variable
    }

    /// A variable of the macro's own, which no name of the user can meet.
    pub(super) fn own(&mut self, name: Ident) -> VarId {
        self.variables.push(Variable { name, mutable: false, own: true });
        VarId(self.variables.len() - 1)
    }

    /// Hides everything that is in scope; gives it, for [`Self::restore`].
    pub(super) fn alone(&mut self) -> Blocks {
        Blocks(std::mem::replace(&mut self.blocks, vec![BTreeMap::new()]))
    }

    pub(super) fn restore(&mut self, blocks: Blocks) {
        self.blocks = blocks.0;
    }

    /// A variable that stands for several of one name.
    pub(super) fn merged(&mut self, name: &str, from: &[Option<VarId>]) -> VarId {
        let all = from.iter().flatten().map(|id| &self.variables[id.0]);
        let mutable = all.clone().any(|variable| variable.mutable);
        let first = all.map(|variable| variable.name.clone()).next();
        let name = first.unwrap_or_else(|| Ident::new(name, proc_macro2::Span::call_site()));
        self.bind(&Bind { name, mutable })
    }

    /// All variables that are in scope, by name.
    pub(super) fn visible(&self) -> BTreeMap<String, VarId> {
        let mut all = BTreeMap::new();
        for (name, meaning) in self.blocks.iter().flatten() {
            match meaning {
                Name::Variable(variable) => all.insert(name.clone(), *variable),
                Name::Partial { .. } => all.remove(name),
            };
        }
        all
    }

    pub(super) fn set(&mut self, name: String, meaning: Name) {
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name, meaning);
        }
    }

    pub(super) fn find(&self, name: &str) -> Option<&Name> {
        self.blocks.iter().rev().find_map(|block| block.get(name))
    }

    pub(super) fn variable(&self, name: &str) -> Option<VarId> {
        match self.find(name) {
            Some(Name::Variable(variable)) => Some(*variable),
            _ => None,
        }
    }
}
