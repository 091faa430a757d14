//! Where lines end.

/// The places of all line feeds, eight bytes at a time: lines are so short that a search begun anew for each takes longer.
pub(crate) struct Newlines<'a> {
    words: std::slice::Iter<'a, [u8; 8]>,
    /// The last bytes, and zeros behind them.
    last: Option<[u8; 8]>,
    /// What is left of a word: the highest bit of each byte that is a line feed.
    found: u64,
    /// Where the next word begins.
    next: usize,
}

/// The highest bit of each byte that is a line feed.
fn line_feeds(word: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let differs = u64::from_le_bytes(word) ^ (ONES * b'\n' as u64);
    // no carry leaves its byte
    let low = (differs & (ONES * 0x7f)) + ONES * 0x7f;
    !(low | differs) & (ONES * 0x80)
}

impl<'a> Newlines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let (words, rest) = text.as_chunks();
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        Self { words: words.iter(), last: Some(last), found: 0, next: 0 }
    }
}

impl Iterator for Newlines<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            let word = self.words.next().copied().or_else(|| self.last.take())?;
            self.found = line_feeds(word);
            self.next += 8;
        }
        let at = self.next - 8 + self.found.trailing_zeros() as usize / 8;
        self.found &= self.found - 1;
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_every_place() {
        for length in 0..20 {
            for at in 0..length {
                for byte in 0..=u8::MAX {
                    for around in [b'x', b'\n', byte ^ 0x80, byte.wrapping_sub(1)] {
                        let mut text = vec![around; length];
                        text[at] = byte;
                        let wanted: Vec<usize> = (0..length).filter(|at| text[*at] == b'\n').collect();
                        assert_eq!(Newlines::new(&text).collect::<Vec<_>>(), wanted, "{text:?}");
                    }
                }
            }
        }
    }
}
