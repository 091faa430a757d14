//! Where the lines of a message stand.

use std::ops::Deref;
use std::sync::Arc;

/// Where each line begins; the last entry is where the message ends. Most answers have no more lines than stand in place, and
/// need no memory of their own.
#[derive(Clone)]
pub(crate) enum Lines {
    Few { count: u8, places: [u32; FEW] },
    Many(Arc<[u32]>),
}

/// Four lines and the end: as much as takes no more room than the other form.
const FEW: usize = 5;

impl From<&[u32]> for Lines {
    fn from(lines: &[u32]) -> Self {
        let mut places = [0; FEW];
        match places.get_mut(..lines.len()) {
            Some(room) => room.iter_mut().zip(lines).for_each(|(to, from)| *to = *from),
            None => return Self::Many(lines.into()),
        }
        Self::Few { count: lines.len() as u8, places }
    }
}

impl Deref for Lines {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::Few { count, places } => places.get(..usize::from(*count)).unwrap_or_default(),
            Self::Many(lines) => lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_kept_alike() {
        let lines: Vec<u32> = (0..9).map(|line| line * 7).collect();
        for count in 0..=lines.len() {
            let kept = Lines::from(&lines[..count]);
            assert_eq!(&*kept, &lines[..count]);
            assert_eq!(matches!(kept, Lines::Many(_)), count > FEW);
        }
        assert_eq!(size_of::<Lines>(), 24);
    }
}
