//! Random steps into collections, by the type of what stands there.

use super::argument::{elements, keys};
use super::{At, Presence, Store, Walker, bare, without_option};
use crate::naive::{Nav, Path, Value};
use rama_core::dynamic::{Int, Type};

const INDEX: Type = Type::Int(Int::U64);

impl Walker<'_, '_> {
    pub(super) fn step(&mut self, at: &mut At, path: &mut Path) {
        if self.choices.rarely(4) {
            return self.step_anywhere(at, path);
        }
        match at.bare().clone() {
            Type::Map(key, item) | Type::BTreeMap(key, item) => {
                self.step_in_map(at, path, &key, &item);
            }
            Type::Record(fields) => self.step_in_record(at, path, &fields),
            Type::Set(element) | Type::BTreeSet(element) => self.step_in_set(at, path, &element),
            Type::List(element) | Type::Vec(element) => self.step_in_list(at, path, &element),
            Type::Tuple(types) => self.step_in_tuple(at, path, &types),
            _ => self.step_anywhere(at, path),
        }
    }

    fn step_in_map(&mut self, at: &mut At, path: &mut Path, key: &Type, item: &Type) {
        let there = keys(at);
        let (nav, to) = match self.choices.below(12) {
            0..=2 => (Nav::Keypath(self.near(key, &there)), at.maybe(item)),
            3 => (Nav::Must(self.near(key, &there)), at.there(item)),
            4 | 5 => (Nav::MapVals, at.there(item)),
            6 => (Nav::KeyedVals, At { collected: at.collected + 1, ..at.there(item) }),
            7 => (Nav::MapKey(self.near(key, &there)), at.value(key)),
            8 => (Nav::MapKeys, at.value(key)),
            9 => (Nav::Submap(self.several(key, &there)), at.part()),
            10 => (Nav::MapRange(self.span(key, &there)), at.part()),
            _ => (Nav::All, at.value(&Type::Tuple(vec![key.clone(), item.clone()]))),
        };
        // Structures in rows are not taken out of the map, and stay at their keys.
        if matches!(
            nav,
            Nav::All | Nav::Submap(_) | Nav::MapRange(_) | Nav::MapKey(_) | Nav::MapKeys
        ) || at.store == Store::Part
        {
            self.needs_elements(at);
        }
        self.lead(at, path, nav, to);
    }

    fn step_in_record(&mut self, at: &mut At, path: &mut Path, fields: &[(String, Type)]) {
        let (name, ty) = self.choices.pick(fields).clone();
        let common = common(fields.iter().map(|(_, ty)| ty));
        let nav = match self.choices.below(12) {
            0..=4 => Nav::Keypath(Value::text(&name)),
            5 => Nav::Must(Value::text(&name)),
            6 => Nav::MapVals,
            7 => Nav::KeyedVals,
            8 => Nav::Submap(vec![Value::text(&name)]),
            9 => Nav::MapKey(Value::text(&name)),
            10 => Nav::MapKeys,
            _ => Nav::All,
        };
        let to = match nav {
            Nav::Keypath(_) => at.maybe(&ty),
            Nav::Must(_) => at.there(&ty),
            Nav::Submap(_) => at.part(),
            Nav::MapKey(_) | Nav::MapKeys => at.value(&Type::Text),
            Nav::All => at.value(&Type::Tuple(vec![Type::Text, common])),
            _ => {
                let collected = at.collected + usize::from(matches!(nav, Nav::KeyedVals));
                // A field that is a structure keeps its rows under a type that does not tell.
                let store = if at.holds_rows() { at.store } else { Store::Value };
                At { collected, store, ..at.there(&common) }
            }
        };
        if matches!(nav, Nav::Submap(_) | Nav::MapKey(_) | Nav::MapKeys | Nav::All)
            || at.store == Store::Part
        {
            self.needs_elements(at);
        }
        self.lead(at, path, nav, to);
    }

    fn step_in_set(&mut self, at: &mut At, path: &mut Path, element: &Type) {
        let there = elements(at);
        let (nav, to) = match self.choices.below(if self.writes { 10 } else { 8 }) {
            0 | 1 => (Nav::All, at.value(element)),
            2 | 3 => (Nav::SetElem(self.near(element, &there)), at.value(element)),
            4 => {
                let wanted = self.several(element, &there);
                (Nav::Subset(wanted.into_iter().collect()), at.part())
            }
            5 => (Nav::First, at.value(element)),
            6 => (Nav::Last, at.value(element)),
            7 => (Nav::SetRange(self.span(element, &there)), at.part()),
            _ => (Nav::NoneElem, at.void(element)),
        };
        self.lead(at, path, nav, to);
    }

    fn step_in_list(&mut self, at: &mut At, path: &mut Path, element: &Type) {
        let index = self.index(at);
        let (nav, to) = match self.choices.below(if self.writes { 20 } else { 15 }) {
            0 | 1 => (Nav::All, at.there(element)),
            2 => (Nav::First, at.there(element)),
            3 => (Nav::Last, at.there(element)),
            4 | 5 => (Nav::Nth(index), at.there(element)),
            6 => (Nav::Must(Value::count(index)), at.there(element)),
            7 | 8 => (Nav::Index(index), at.maybe(element)),
            9 => {
                let other = self.index(at);
                (Nav::Srange(index.min(other), index.max(other)), at.part())
            }
            10 => return self.filterer(at, path, element),
            11 => return self.upsert_by(at, path, element),
            12 => {
                let nav = if self.choices.flip() { Nav::End } else { Nav::Beginning };
                (nav, at.part())
            }
            13 => {
                let inner = At { sample: elements(at).first().cloned(), ..at.there(element) };
                let question = self.question(&inner);
                (Nav::Runs(question), at.part())
            }
            14 => match self.choices.below(4) {
                0 => (Nav::IndexNav(index), at.value(&INDEX)),
                1 => (Nav::KeyedVals, At { collected: at.collected + 1, ..at.there(element) }),
                start => {
                    let pair = Type::Tuple(vec![INDEX, element.clone()]);
                    (Nav::IndexedVals(start - 2), at.value(&pair))
                }
            },
            15 | 16 => (Nav::AfterElem, at.void(element)),
            17 => (Nav::BeforeElem, at.void(element)),
            _ => (Nav::BeforeIndex(index), at.void(element)),
        };
        let single = matches!(
            nav,
            Nav::All
                | Nav::First
                | Nav::Last
                | Nav::Nth(_)
                | Nav::Must(_)
                | Nav::Index(_)
                | Nav::KeyedVals
                | Nav::AfterElem
        );
        if !single || at.store == Store::Part {
            self.needs_elements(at);
        }
        self.lead(at, path, nav, to);
    }

    fn step_in_tuple(&mut self, at: &mut At, path: &mut Path, types: &[Type]) {
        let index = self.choices.below(types.len());
        let (nav, to) = match self.choices.below(7) {
            0 | 1 => (Nav::First, at.value(&types[0])),
            2 | 3 => (Nav::Last, at.value(&types[types.len() - 1])),
            4 => (Nav::Nth(index), at.value(&types[index])),
            5 => (Nav::Part(index), At { presence: Presence::Maybe, ..at.value(&types[index]) }),
            _ => (Nav::All, at.value(&common(types))),
        };
        self.lead(at, path, nav, to);
    }

    fn upsert_by(&mut self, at: &mut At, path: &mut Path, element: &Type) {
        if self.depth == 0 {
            _ = self.stay(at, path, Nav::Stay);
            return;
        }
        self.needs_elements(at);
        let one = elements(at).first().cloned();
        let mut inner = At { collected: 0, sample: one, ..at.value(element) };
        let steps = self.reading(&mut inner, 1);
        let there: Vec<Value> = inner.sample.iter().cloned().collect();
        let wanted = match &inner.ty {
            Type::Json => self.scalar(&there),
            ty => self.near(without_option(ty), &there),
        };
        let to = At { presence: Presence::Maybe, ..at.value(element) };
        self.lead(at, path, Nav::UpsertBy(steps, wanted), to);
    }
}

/// The type that all of these are, or none in particular.
pub(super) fn common<'t>(types: impl IntoIterator<Item = &'t Type>) -> Type {
    let mut types = types.into_iter();
    let first = types.next().expect("there is one at least");
    if types.all(|ty| ty == first) { first.clone() } else { Type::Json }
}

impl At {
    /// Inside of this place, where something stands.
    fn there(&self, ty: &Type) -> Self {
        let in_rows = self.store != Store::Value && ty.has_rows();
        let store = if in_rows { Store::Rows } else { Store::Value };
        Self { store, ..self.value(ty) }
    }

    /// Inside of this place, where something may stand.
    fn maybe(&self, ty: &Type) -> Self {
        Self { presence: Presence::Maybe, ..self.there(ty) }
    }

    /// A place inside of this one for something new.
    fn void(&self, ty: &Type) -> Self {
        Self { presence: Presence::Void, ..self.value(ty) }
    }

    /// A value made of what stands here.
    pub(super) fn value(&self, ty: &Type) -> Self {
        Self {
            ty: ty.clone(),
            presence: Presence::There,
            store: Store::Value,
            is_top: false,
            collected: self.collected,
            sample: None,
        }
    }

    /// Some of what stands here, as such a collection.
    fn part(&self) -> Self {
        let store = if self.store == Store::Value { Store::Value } else { Store::Part };
        Self { store, ..self.value(bare(&self.ty)) }
    }
}
