//! The steps of a path while they are written, with what is known of the place they lead to.

use super::PortableError;
use super::value::as_json;
use crate::path::Cardinality;
use serde::Serialize;
use serde_json::Value as Json;

/// Numbers of elements and rows in a path that is data. It has none above this one, and nothing has as many
/// elements in one value.
const NUMBER_MAX: usize = u32::MAX as usize;

/// The steps of a path as data.
#[derive(Debug, Default)]
pub struct Steps {
    steps: Vec<Json>,
    place: Place,
    /// Whether one run of the path may come more than once to where the next step begins.
    again: bool,
    /// How many rows the next scan should fetch at a time.
    page_rows: Option<usize>,
    /// The recursive paths around, the outermost first, by their identity.
    around: Vec<usize>,
}

/// What the steps so far lead to, as far as `NONE` has to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Place {
    /// Something that can be taken out of what is around it.
    #[default]
    Element,
    /// What is in an `Option`.
    Option,
    /// A part of a map, as one map.
    MapPart,
    /// A part of a set or list, as one.
    ListPart,
    /// This in one branch, and that in another.
    Mixed,
}

impl Steps {
    /// What is written of a whole path.
    pub(super) fn of(
        write: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<Json, PortableError> {
        let mut steps = Self::default();
        write(&mut steps)?;
        Ok(Json::Array(steps.steps))
    }

    /// A step that stays where it is, or a terminal.
    pub(super) fn stay(&mut self, name: &str, arguments: Vec<Json>) {
        self.steps.push(step(name, arguments));
    }

    /// A step to one element.
    pub(super) fn go(&mut self, name: &str, arguments: Vec<Json>) {
        self.go_to(Place::Element, name, arguments);
    }

    /// A step to something.
    pub(super) fn go_to(&mut self, place: Place, name: &str, arguments: Vec<Json>) {
        self.place = place;
        self.stay(name, arguments);
    }

    /// A step that may go through many rows, in pages of the size that was asked for.
    pub(super) fn scan(&mut self, place: Place, name: &str, arguments: Vec<Json>) {
        self.go_to(place, name, arguments);
        if let Some(rows) = self.page_rows.take()
            && let Some(scan) = self.steps.pop()
        {
            self.stay("with_page_size", vec![rows.into(), scan]);
        }
    }

    /// The page size for the next scan. A page holds one row at least.
    pub(super) fn pages(&mut self, rows: usize) {
        self.page_rows = Some(rows.clamp(1, NUMBER_MAX));
    }

    /// Goes on only where something is: behind a `keypath` that makes it a `must`.
    pub(super) fn present(&mut self) {
        if let Some(Json::Array(last)) = self.steps.last_mut()
            && let Some(Json::String(name)) = last.first_mut()
            && (name == "keypath" || name == "field")
        {
            "must".clone_into(name);
            return;
        }
        self.stay("pred", vec!["is_some".into()]);
    }

    /// Removes the place.
    pub(super) fn remove(&mut self) -> Result<(), PortableError> {
        match self.place {
            Place::Element => self.stay("NONE", vec![]),
            Place::Option => self.stay("termval", vec![Json::Null]),
            Place::MapPart => self.remove_each("MAP_VALS"),
            Place::ListPart => self.remove_each("ALL"),
            Place::Mixed => return Err(PortableError::MixedRemoval),
        }
        Ok(())
    }

    /// What is in a part of a collection, since a part is nothing that could be taken out.
    fn remove_each(&mut self, to_each: &str) {
        self.stay(to_each, vec![]);
        self.stay("NONE", vec![]);
    }

    /// One thing, which leads to so many places, and then another.
    pub(super) fn in_a_row<C: Cardinality>(
        &mut self,
        first: impl FnOnce(&mut Self) -> Result<(), PortableError>,
        second: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<(), PortableError> {
        first(self)?;
        let before = self.again;
        self.again |= !C::SINGLE;
        second(self)?;
        self.again = before;
        Ok(())
    }

    /// A step with a memory, which has one memory for the whole run.
    pub(super) fn count(
        &mut self,
        navigator: &'static str,
        arguments: Vec<Json>,
        path: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<(), PortableError> {
        if self.again {
            return Err(PortableError::CountsApart { navigator });
        }
        path(self)?;
        self.stay(navigator, arguments);
        Ok(())
    }

    /// A path that runs on its own, from here.
    pub(super) fn aside(
        &self,
        path: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<Vec<Json>, PortableError> {
        let mut steps = Self { place: self.place, around: self.around.clone(), ..Self::default() };
        path(&mut steps)?;
        Ok(steps.some())
    }

    /// A path that the position follows; where it ends is where the steps end then.
    pub(super) fn through(
        &mut self,
        path: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<Vec<Json>, PortableError> {
        let (place, again) = (self.place, self.again);
        let mut steps = Self { place, again, around: self.around.clone(), ..Self::default() };
        path(&mut steps)?;
        self.place = steps.place;
        Ok(steps.some())
    }

    /// Two paths from here, of which the position follows one, or both.
    pub(super) fn fork(
        &mut self,
        one: impl FnOnce(&mut Self) -> Result<(), PortableError>,
        other: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<(Vec<Json>, Vec<Json>), PortableError> {
        let start = self.place;
        let first = self.through(one)?;
        let ends = std::mem::replace(&mut self.place, start);
        let second = self.through(other)?;
        // A branch that leads nowhere leaves it to the other one.
        self.place = match (leads_nowhere(&first), leads_nowhere(&second)) {
            (false, true) => ends,
            (false, false) if ends != self.place => Place::Mixed,
            _ => self.place,
        };
        Ok((first, second))
    }

    /// A path that goes on with itself where [`Steps::recur`] says so, known by its identity.
    pub(super) fn recursive(
        &mut self,
        identity: usize,
        path: impl FnOnce(&mut Self) -> Result<(), PortableError>,
    ) -> Result<(), PortableError> {
        self.around.push(identity);
        let name = name(self.around.len());
        let before = std::mem::replace(&mut self.again, true);
        let mut body = self.through(path)?;
        self.again = before;
        self.around.pop();
        body.insert(0, name.into());
        self.stay("recursive_path", body);
        Ok(())
    }

    /// Goes on with a recursive path around.
    pub(super) fn recur(&mut self, identity: usize) -> Result<(), PortableError> {
        let found = self.around.iter().rposition(|one| *one == identity);
        let index = found.ok_or(PortableError::AgainOutside)?;
        self.go(&name(index + 1), vec![]);
        Ok(())
    }

    /// The steps; a path without steps stays.
    fn some(self) -> Vec<Json> {
        if self.steps.is_empty() { vec![step("STAY", vec![])] } else { self.steps }
    }
}

/// One step.
fn step(name: &str, mut arguments: Vec<Json>) -> Json {
    arguments.insert(0, name.into());
    Json::Array(arguments)
}

/// What a recursive path is called that is inside of so many, itself included.
fn name(depth: usize) -> String {
    format!("again{depth}")
}

fn leads_nowhere(steps: &[Json]) -> bool {
    steps.last().is_some_and(|last| *last == step("STOP", vec![]))
}

/// One key or value, as the only argument.
pub(super) fn one<T: Serialize + ?Sized>(value: &T) -> Result<Vec<Json>, PortableError> {
    Ok(vec![as_json(value)?])
}

/// A number of elements.
pub(super) fn number(number: usize) -> Json {
    number.min(NUMBER_MAX).into()
}
