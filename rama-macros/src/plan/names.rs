//! What variables are called. One that another hides, which has its name, is still needed where a frame carries it: there
//! it has a name of its own.
//!
//! Where the hidden variable stands in the same segment, that name is an alias: the variable itself, with whatever it
//! is by then. Where a frame brought it, the name is that of its slot.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};
use quote::format_ident;

use super::lower::{Here, Lowering};
use super::{Arg, Slot, Step};
use crate::analysis::{VarId, Vars};

/// The variables that are hidden.
pub(super) type Names = BTreeMap<VarId, Hidden>;

/// Under what a hidden variable can be reached.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    Alias,
    Slot,
}

impl Lowering<'_> {
    /// Of the variables those that are hidden once others are bound: of one name the last is seen.
    pub(super) fn hidden(&self, variables: &Vars, binds: &[VarId]) -> Vars {
        let hides = |id: VarId, other: VarId| {
            let (one, other_one) = (&self.variables[id.0], &self.variables[other.0]);
            other > id && !one.own && !other_one.own && one.name == other_one.name
        };
        let hidden = |id: &VarId| binds.iter().any(|other| hides(*id, *other));
        variables.iter().copied().filter(hidden).collect()
    }

    /// Lowers what sees the variables no more.
    pub(super) fn hiding<T>(&mut self, hidden: &Vars, lower: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.names.clone();
        self.hide(hidden);
        let lowered = lower(self);
        self.names = outer;
        lowered
    }

    /// From here on the variables are not seen. One that is hidden already stays what it is.
    pub(super) fn hide(&mut self, hidden: &Vars) {
        for id in hidden {
            self.names.entry(*id).or_insert(Hidden::Alias);
        }
    }

    /// Lowers what follows a statement in the same segment.
    pub(super) fn behind<T>(&mut self, here: &Here<'_>, lower: impl FnOnce(&mut Self) -> T) -> T {
        self.hiding(here.hidden, lower)
    }

    /// Aliases of variables that are about to be hidden and are still needed.
    pub(super) fn aliases(&self, hidden: &Vars) -> Vec<Step> {
        let seen = hidden.iter().filter(|id| !self.names.contains_key(id));
        let alias = |id: &VarId| {
            let (name, variable) = (self.other_name(*id), self.variables[id.0].name.clone());
            Step::Alias { name, variable }
        };
        seen.map(alias).collect()
    }

    /// Lowers a segment of its own, in which the variables of a frame and what the patterns in front of it bind are all
    /// that there is.
    pub(super) fn entered<T>(
        &mut self,
        frame: &[VarId],
        binds: &[VarId],
        lower: impl FnOnce(&mut Self, Vec<Slot>) -> T,
    ) -> T {
        let outer = std::mem::take(&mut self.names);
        let bound: Vec<VarId> = frame.iter().chain(binds).copied().collect();
        let hidden = self.hidden(&frame.iter().copied().collect(), &bound);
        self.hide(&hidden);
        let slots = self.arrive(frame);
        let lowered = lower(self, slots);
        self.names = outer;
        lowered
    }

    /// The slots in which variables arrive.
    pub(super) fn arrive(&mut self, frame: &[VarId]) -> Vec<Slot> {
        let mut slots = Vec::new();
        for id in frame {
            let hidden = self.names.get_mut(id).map(|hidden| *hidden = Hidden::Slot).is_some();
            // Nothing changes what is hidden.
            let mutable = self.variables[id.0].mutable && !hidden;
            slots.push(Slot { name: self.name(*id), mutable });
        }
        slots
    }

    /// The variables of a frame, which stand behind everything else, so they are given away where they may be; one that
    /// is there twice can be given away once.
    pub(super) fn frame(&self, frame: impl IntoIterator<Item = VarId>, owned: &Vars) -> Vec<Arg> {
        let frame: Vec<VarId> = frame.into_iter().collect();
        let arg = |(at, id): (usize, &VarId)| {
            let (name, clone) =
                (self.name(*id), !owned.contains(id) || frame[at + 1..].contains(id));
            match self.names.get(id) {
                Some(Hidden::Alias) => Arg::Alias { name, clone },
                _ if clone => Arg::Clone(name),
                _ => Arg::Variable(name),
            }
        };
        frame.iter().enumerate().map(arg).collect()
    }

    /// Copies of variables under their own names.
    pub(super) fn copies(&self, ids: &[VarId]) -> Vec<Step> {
        let copy = |id: &VarId| {
            let (name, mutable) = (self.name(*id), self.variables[id.0].mutable);
            Step::Copy(Slot { name, mutable })
        };
        ids.iter().map(copy).collect()
    }

    /// Those that statements may change from here on.
    pub(super) fn changing(&self, ids: impl IntoIterator<Item = VarId>) -> Vec<VarId> {
        self.mutable(ids.into_iter().filter(|id| !self.names.contains_key(id)))
    }

    /// Those that may have changed, or may yet.
    pub(super) fn mutable(&self, ids: impl IntoIterator<Item = VarId>) -> Vec<VarId> {
        ids.into_iter().filter(|id| self.variables[id.0].mutable).collect()
    }

    /// What a variable is called here.
    fn name(&self, id: VarId) -> Ident {
        if self.names.contains_key(&id) {
            return self.other_name(id);
        }
        self.variables[id.0].name.clone()
    }

    /// The number keeps variables of one name apart, the word those of the macro.
    fn other_name(&self, id: VarId) -> Ident {
        let name = &self.variables[id.0].name;
        let span = Span::mixed_site().located_at(name.span());
        format_ident!("{name}_hidden{}", id.0, span = span)
    }
}
