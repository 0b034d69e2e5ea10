//! Which names are variables at a point.

use std::collections::BTreeMap;

use super::tree::{VarId, Variable};
use crate::syntax::Bind;

/// All variables of a flow and those in scope, block by block.
pub(super) struct Scope {
    pub(super) variables: Vec<Variable>,
    blocks: Vec<BTreeMap<String, Name>>,
}

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
        self.variables.push(Variable { name: bind.name.clone(), mutable: bind.mutable });
        self.set(bind.name.to_string(), Name::Variable(variable));
        variable
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
