//! One of several types: what a stream of more than one kind of event yields.

macro_rules! one_of {
    ($name:ident, $count:literal: $($variant:ident $type:ident),*) => {
        #[doc = concat!("An event of one of ", $count, " kinds, in the order in which they were asked for.")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(clippy::exhaustive_enums, reason = "there are as many as were asked for")]
        pub enum $name<$($type),*> {
            $(
                #[doc = concat!("Of the kind that was asked for as the ", stringify!($variant), ".")]
                $variant($type),
            )*
        }
    };
}

one_of!(OneOf2, "two": First A, Second B);
one_of!(OneOf3, "three": First A, Second B, Third C);
one_of!(OneOf4, "four": First A, Second B, Third C, Fourth D);
one_of!(OneOf5, "five": First A, Second B, Third C, Fourth D, Fifth E);
one_of!(OneOf6, "six": First A, Second B, Third C, Fourth D, Fifth E, Sixth F);
