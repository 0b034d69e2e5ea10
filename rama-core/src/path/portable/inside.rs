//! Steps that are made of paths, as data: they can be when those can.

use super::steps::{Steps, number};
use super::{Portable, PortableError};
use crate::path::branch::{Both, IfPath};
use crate::path::collect::{Collect, CollectOne, WithFreshCollected};
use crate::path::collected::{Under, With};
use crate::path::collecting::Collecting;
use crate::path::compact::Compact;
use crate::path::filter::{NotSelected, Selected};
use crate::path::limit::{Distinct, Take};
use crate::path::recursive::{Recursion, Recursive};
use crate::path::shape::{Present, Shape, Writable};
use crate::path::span::{Span, Whole};
use crate::path::subselect::Subselect;
use crate::path::transformed::Transformed;
use crate::path::walk::{Navigator, Then};
use crate::path::whole::OnWhole;
use serde_json::Value as Json;
use std::any::TypeId;

type Written = Result<(), PortableError>;

impl Steps {
    /// One path after the other from the same place.
    pub(super) fn both(
        &mut self,
        one: impl FnOnce(&mut Self) -> Written,
        other: impl FnOnce(&mut Self) -> Written,
    ) -> Written {
        let (first, second) = self.fork(one, other)?;
        let mut paths = vec![Json::Array(first)];
        // Several paths are nested pairs here.
        match several(&second) {
            Some(more) => paths.extend_from_slice(more),
            None => paths.push(Json::Array(second)),
        }
        self.stay("multi_path", paths);
        Ok(())
    }

    /// One path or the other.
    pub(super) fn either(
        &mut self,
        condition: impl FnOnce(&mut Self) -> Written,
        then: impl FnOnce(&mut Self) -> Written,
        otherwise: impl FnOnce(&mut Self) -> Written,
    ) -> Written {
        let condition = self.aside(condition)?;
        let (then, otherwise) = self.fork(then, otherwise)?;
        self.stay("if_path", [condition, then, otherwise].map(Json::Array).into());
        Ok(())
    }
}

/// The paths of a path that is nothing but several paths.
fn several(steps: &[Json]) -> Option<&[Json]> {
    let [Json::Array(only)] = steps else { return None };
    let (name, paths) = only.split_first()?;
    (name == "multi_path").then_some(paths)
}

/// How steps are data that have a path inside.
macro_rules! around_paths {
    ($([$($parameter:tt)*] $step:ty: |$this:ident, $steps:ident| $write:expr;)*) => {$(
        impl<S: Shape, $($parameter)*> Portable<S> for $step {
            fn write(&self, $steps: &mut Steps) -> Written {
                let $this = self;
                $write
            }
        }
    )*};
}

/// A step with a path that runs on its own.
fn looks<S: Shape>(name: &str, path: &impl Portable<S>, steps: &mut Steps) -> Written {
    let path = steps.aside(|steps| path.write(steps))?;
    steps.stay(name, path);
    Ok(())
}

around_paths! {
    [D: Portable<S>] Selected<D>: |this, steps| looks("selected", &this.0, steps);
    [D: Portable<S>] NotSelected<D>: |this, steps| looks("not_selected", &this.0, steps);
    [A: Portable<S>, B: Portable<S>] Both<A, B>: |this, steps| {
        steps.both(|steps| this.0.write(steps), |steps| this.1.write(steps))
    };
    [I: Portable<S>, T: Portable<S>, O: Portable<S>] IfPath<I, T, O>: |this, steps| steps.either(
        |steps| this.condition.write(steps),
        |steps| this.then.write(steps),
        |steps| this.otherwise.write(steps),
    );
    [P: Portable<S>] Take<P>: |this, steps| {
        steps.count("take", vec![number(this.places)], |steps| this.path.write(steps))
    };
}

impl<S: Shape, A: Navigator<S> + Portable<S>, B: Portable<A::To>> Portable<S> for Then<A, B> {
    fn write(&self, steps: &mut Steps) -> Written {
        steps.in_a_row::<A::Count>(|steps| self.0.write(steps), |steps| self.1.write(steps))
    }
}

impl<S, P> Portable<S> for Distinct<P>
where
    S: Shape,
    P: Navigator<S, To: Collecting> + Portable<S>,
{
    fn write(&self, steps: &mut Steps) -> Written {
        if TypeId::of::<<P::To as Collecting>::List>() != TypeId::of::<()>() {
            return Err(PortableError::DistinctCollected);
        }
        steps.count("distinct", vec![], |steps| self.path.write(steps))
    }
}

/// The list goes back to the places one by one, so its path is walked through once more when it is written.
impl<S: Shape, D: Portable<S>> Portable<S> for Subselect<D> {
    fn write(&self, steps: &mut Steps) -> Written {
        let path = steps.through(|steps| self.0.write(steps))?;
        steps.go("subselect", path);
        Ok(())
    }
}

/// What is removed when it becomes empty is only what stands in front of the whole path, so the path is one step.
impl<S: Shape, D: Portable<S>> Portable<S> for Compact<D> {
    fn write(&self, steps: &mut Steps) -> Written {
        let mut path = steps.through(|steps| self.0.write(steps))?;
        if path.len() > 1 {
            path = vec![Json::Array(vec!["multi_path".into(), Json::Array(path)])];
        }
        steps.stay("compact", path);
        Ok(())
    }
}

impl<S: Collecting, D: Portable<S::Bare>> Portable<S> for Collect<D> {
    fn write(&self, steps: &mut Steps) -> Written {
        looks("collect", &self.0, steps)
    }
}

impl<S: Collecting, D: Portable<S::Bare>> Portable<S> for CollectOne<D> {
    fn write(&self, steps: &mut Steps) -> Written {
        looks("collect_one", &self.0, steps)
    }
}

impl<S: Collecting, D: Portable<S::Bare>> Portable<S> for WithFreshCollected<D> {
    fn write(&self, steps: &mut Steps) -> Written {
        let path = steps.through(|steps| self.0.write(steps))?;
        steps.stay("with_fresh_collected", path);
        Ok(())
    }
}

impl<S: Shape, T: Portable<S>> Portable<S> for Transformed<T> {
    fn write(&self, steps: &mut Steps) -> Written {
        looks("transformed", &*self.0.borrow(), steps)
    }
}

impl<S, To, D> Portable<S> for Recursive<'_, S, To, D>
where
    S: Writable,
    To: Writable,
    D: Portable<S>,
{
    fn write(&self, steps: &mut Steps) -> Written {
        steps.recursive(self.identity(), |steps| self.body.write(steps))
    }
}

impl<S: Writable, To: Writable> Portable<S> for Recursion<'_, S, To> {
    fn write(&self, steps: &mut Steps) -> Written {
        steps.recur(self.identity())
    }
}

// Steps that run on a part of what the path stands on: in data that needs no word.

impl<L: 'static, S: Shape, N: Portable<S>> Portable<With<L, S>> for Under<N> {
    fn write(&self, steps: &mut Steps) -> Written {
        self.0.write(steps)
    }
}

impl<K, S, N> Portable<Span<K, S>> for OnWhole<N>
where
    K: 'static,
    S: Whole<Key = K>,
    N: Portable<Present<S::Whole>>,
{
    fn write(&self, steps: &mut Steps) -> Written {
        self.0.write(steps)
    }
}

impl<L, K, S, N> Portable<With<L, Span<K, S>>> for OnWhole<N>
where
    L: 'static,
    K: 'static,
    S: Whole<Key = K>,
    N: Portable<With<L, Present<S::Whole>>>,
{
    fn write(&self, steps: &mut Steps) -> Written {
        self.0.write(steps)
    }
}
