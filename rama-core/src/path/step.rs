//! What the capabilities of shapes have in common.
//!
//! A capability is a trait such as `Keyed`: a shape has it where a step fits, and its message is what the user
//! reads where it does not. The type of the step comes from the capability too: after a step that does not fit
//! it is unknown, and then that one message is all that rustc has to say about the path.

/// In a capability: the step, as it stands on the shape.
macro_rules! step {
    () => {
        /// The navigator as a step from this shape.
        type Step<N>;

        /// Makes the step.
        fn step<N>(navigator: N) -> Self::Step<N>;
    };
}

/// In an implementation: the navigator itself is the step.
macro_rules! step_itself {
    () => {
        type Step<N> = N;

        #[inline]
        fn step<N>(navigator: N) -> N {
            navigator
        }
    };
}

/// Capabilities that a shape has under collected values when it has them without: associated types before
/// the arrow stay as they are, and shapes behind it keep the collected values.
macro_rules! through_collected {
    ($($capability:ident { $($same:ident),* => $($to:ident),* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl<L: 'static, S: $capability> $capability for $crate::path::With<L, S> {
            $(type $same = S::$same;)*
            $(type $to = $crate::path::With<L, S::$to>;)*
            type Step<N> = $crate::path::Under<S::Step<N>>;

            #[inline]
            fn step<N>(navigator: N) -> Self::Step<N> {
                $crate::path::Under(S::step(navigator))
            }
        }
    )*};
}

/// A capability of [`Present`](crate::path::Present) and [`Maybe`](crate::path::Maybe) over the same types.
macro_rules! of_holders {
    ($([$($parameter:tt)*] $capability:ident for $value:ty { $(type $name:ident = $type:ty;)* })*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> $capability for $crate::path::Present<$value> {
            $(type $name = $type;)*
            step_itself!();
        }

        #[diagnostic::do_not_recommend]
        impl<$($parameter)*> $capability for $crate::path::Maybe<$value> {
            $(type $name = $type;)*
            step_itself!();
        }
    )*};
}

pub(super) use {of_holders, step, step_itself, through_collected};
