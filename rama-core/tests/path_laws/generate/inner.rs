//! Random steps that can stand anywhere, most of which have paths of their own.

use super::argument::elements;
use super::step::common;
use super::{At, Presence, Store, Walker, without_option};
use crate::naive::{Nav, Path, Value};
use rama_core::dynamic::Type;
use std::collections::{BTreeMap, BTreeSet};

impl Walker<'_, '_> {
    pub(super) fn step_anywhere(&mut self, at: &mut At, path: &mut Path) {
        if self.depth > 0 && self.choices.flip() {
            self.depth -= 1;
            self.step_with_paths(at, path);
            self.depth += 1;
            return;
        }
        match self.choices.below(14) {
            0 | 1 => {
                let question = self.question(at);
                if !matches!(question.name, "is_some" | "is_null" | "is_empty") {
                    self.needs_value(at);
                } else if at.store == Store::Part {
                    self.needs_elements(at);
                }
                _ = self.stay(at, path, Nav::Pred(question));
            }
            2 | 3 => {
                let (comparison, value) = self.comparison(at);
                self.needs_value(at);
                _ = self.stay(at, path, Nav::Compare(comparison, value));
            }
            4 => self.nil_to(at, path),
            5 => self.collecting(at, path, Nav::Val),
            6 => {
                let value = self.scalar(&[]);
                self.collecting(at, path, Nav::Putval(value));
            }
            7 => {
                if self.stay(at, path, Nav::Dispense) {
                    at.collected = 0;
                }
            }
            8 => {
                let count = (1 + self.choices.below(4)) % 4;
                _ = self.stay(at, path, Nav::Take(count));
            }
            9 => {
                self.needs_value(at);
                _ = self.stay(at, path, Nav::Distinct);
            }
            10 | 11 => {
                let call = self.function(at);
                if !matches!(call.name, "is_some" | "is_null" | "is_empty" | "size") {
                    self.needs_value(at);
                } else if at.store == Store::Part {
                    self.needs_elements(at);
                }
                let to = At { is_top: at.is_top, ..at.value(&Type::Json) };
                self.lead(at, path, Nav::View(call), to);
            }
            12 if is_collection(&at.ty) => {
                let to = At { is_top: at.is_top, ..at.value(&Type::Json) };
                self.lead(at, path, Nav::Size, to);
            }
            _ => _ = self.stay(at, path, Nav::Stay),
        }
    }

    fn collecting(&mut self, at: &mut At, path: &mut Path, nav: Nav) {
        if !matches!(nav, Nav::Putval(_)) {
            self.needs_value(at);
        }
        at.collected += usize::from(self.stay(at, path, nav));
    }

    fn nil_to(&mut self, at: &mut At, path: &mut Path) {
        let ty = without_option(&at.ty).clone();
        if at.presence == Presence::Void && self.choices.flip() {
            let value = self.literal(&at.ty.clone());
            let to = At { is_top: at.is_top, store: at.store, ..at.value(&at.ty) };
            let sample = Some(value.clone());
            self.lead(at, path, Nav::NoneTo(value), to);
            at.sample = sample;
            return;
        }
        let empty = match super::bare(&ty) {
            Type::Map(..) | Type::BTreeMap(..) | Type::Record(_) => {
                Some(Value::Map(BTreeMap::new()))
            }
            Type::Set(_) | Type::BTreeSet(_) => Some(Value::Set(BTreeSet::new())),
            Type::List(_) | Type::Vec(_) => Some(Value::List(vec![])),
            _ => None,
        };
        let value = match empty {
            Some(empty) if !self.choices.rarely(3) => empty,
            _ => self.literal(&ty),
        };
        let to = At { is_top: at.is_top, store: at.store, ..at.value(&ty) };
        let sample = at.sample.clone().or_else(|| Some(value.clone()));
        self.lead(at, path, Nav::NilTo(value), to);
        at.sample = sample;
    }

    fn step_with_paths(&mut self, at: &mut At, path: &mut Path) {
        match self.choices.below(15) {
            0 => {
                let inner = self.looking(at);
                _ = self.stay(at, path, Nav::Selected(inner));
            }
            1 => {
                let inner = self.looking(at);
                _ = self.stay(at, path, Nav::NotSelected(inner));
            }
            2 => self.branches(at, path, 1),
            3 | 4 => self.branches(at, path, 2),
            5 => self.around(at, path),
            6 => self.subselect(at, path),
            7 | 8 => self.inside(at, path, |_, inner| Nav::Compact(inner)),
            9 => self.inside(at, path, |walker, inner| {
                Nav::WithPageSize(1 + walker.choices.below(3), inner)
            }),
            10 => {
                let outer = std::mem::take(&mut at.collected);
                self.inside(at, path, |_, inner| Nav::WithFreshCollected(inner));
                at.collected = outer;
            }
            11 => {
                let (inner, end) = self.finding(at);
                self.needs_value(&end);
                at.collected += usize::from(self.stay(at, path, Nav::Collect(inner)));
            }
            12 => {
                let (inner, end) = self.finding(at);
                self.needs_value(&end);
                at.collected += usize::from(self.stay(at, path, Nav::CollectOne(inner)));
            }
            13 if at.collected > 0 => {
                let to = At { collected: 0, ..at.value(&Type::Json) };
                let inner = self.looking(&to);
                let list = Nav::IsCollected([vec![Nav::All.into()], inner].concat());
                _ = self.stay(at, path, list);
            }
            _ => self.transformed(at, path),
        }
    }

    /// A path that only looks.
    pub(super) fn reading(&mut self, at: &mut At, most: usize) -> Path {
        let writes = std::mem::replace(&mut self.writes, false);
        self.depth = self.depth.saturating_sub(1);
        let path = self.steps(at, most);
        self.depth += 1;
        self.writes = writes;
        path
    }

    fn finding(&mut self, at: &At) -> (Path, At) {
        let mut end = At { collected: 0, ..at.clone() };
        (self.reading(&mut end, 2), end)
    }

    fn looking(&mut self, at: &At) -> Path {
        let mut end = at.clone();
        self.reading(&mut end, 2)
    }

    /// A path that the position follows.
    fn inside(&mut self, at: &mut At, path: &mut Path, nav: impl FnOnce(&mut Self, Path) -> Nav) {
        let mut end = at.clone();
        let inner = self.steps(&mut end, 2);
        let nav = nav(self, inner);
        if self.stay(at, path, nav) {
            *at = end;
        }
    }

    /// `if_path` and `cond_path` with one or two conditions, or `multi_path`.
    fn branches(&mut self, at: &mut At, path: &mut Path, count: usize) {
        let kind = self.choices.below(3);
        let mut ends: Vec<At> = vec![];
        let mut paths: Vec<Path> = vec![];
        for index in 0..count {
            if kind != 0 && index + 1 == count && self.choices.rarely(4) {
                paths.push(vec![Nav::Stop.into()]);
                continue;
            }
            let mut end = at.clone();
            paths.push(self.steps(&mut end, 2));
            ends.push(end);
        }
        self.mixes_types |= ends.iter().any(|end| end.ty != ends[0].ty);
        let Some(end) = ends.into_iter().reduce(At::or) else {
            _ = self.stay(at, path, Nav::Stay);
            return;
        };
        let nav = match kind {
            0 => Nav::MultiPath(paths),
            1 => {
                let mut paths = paths.into_iter();
                let then = paths.next().unwrap_or_default();
                Nav::IfPath(self.looking(at), then, paths.next())
            }
            _ => Nav::CondPath(paths.into_iter().map(|path| (self.looking(at), path)).collect()),
        };
        if self.stay(at, path, nav) {
            *at = end;
        }
    }

    fn around(&mut self, at: &mut At, path: &mut Path) {
        let mut end = at.clone();
        let inner = self.steps(&mut end, 1);
        let here_first = self.choices.flip();
        let nav =
            if here_first { Nav::StayThenContinue(inner) } else { Nav::ContinueThenStay(inner) };
        if self.stay(at, path, nav) {
            self.mixes_types |= at.ty != end.ty;
            *at = at.clone().or(end);
        }
    }

    fn subselect(&mut self, at: &mut At, path: &mut Path) {
        let mut end = at.clone();
        let inner = self.reading(&mut end, 2);
        self.needs_value(&end);
        // Where structures in rows were put together from values, they can be dealt out only as such.
        let to = at.value(&Type::Vec(Box::new(end.ty)));
        self.lead(at, path, Nav::Subselect(inner), to);
    }

    pub(super) fn filterer(&mut self, at: &mut At, path: &mut Path, element: &Type) {
        if self.depth == 0 {
            _ = self.stay(at, path, Nav::Stay);
            return;
        }
        self.needs_elements(at);
        let one = elements(at).first().cloned();
        let inner = self.looking(&At { sample: one, ..at.value(element) });
        let to = at.value(&Type::Vec(Box::new(element.clone())));
        self.lead(at, path, Nav::Filterer(inner), to);
    }

    fn transformed(&mut self, at: &mut At, path: &mut Path) {
        self.needs_value(at);
        let writes = std::mem::replace(&mut self.writes, true);
        let mut end = At { is_top: true, store: Store::Value, ..at.clone() };
        let mut inner = self.steps(&mut end, 2);
        self.terminal(&end, &mut inner);
        self.writes = writes;
        let to = At { is_top: at.is_top, presence: at.presence, ..at.value(&at.ty) };
        self.lead(at, path, Nav::Transformed(inner), to);
    }
}

fn is_collection(ty: &Type) -> bool {
    matches!(
        super::bare(ty),
        Type::Json
            | Type::Map(..)
            | Type::BTreeMap(..)
            | Type::Set(_)
            | Type::BTreeSet(_)
            | Type::List(_)
            | Type::Vec(_)
            | Type::Tuple(_)
            | Type::Record(_)
    )
}

impl At {
    /// Where a path stands that came one of two ways.
    fn or(self, other: Self) -> Self {
        Self {
            ty: common([&self.ty, &other.ty]),
            presence: self.presence.max(other.presence),
            store: self.store.max(other.store),
            is_top: self.is_top || other.is_top,
            collected: self.collected.max(other.collected),
            sample: self.sample.or(other.sample),
        }
    }
}
