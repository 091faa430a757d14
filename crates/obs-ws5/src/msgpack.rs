//! Just enough of MessagePack to find the pieces of a message without decoding them.

/// Nesting beyond this is refused.
pub(crate) const DEPTH: usize = 128;

fn cut_short() -> String {
    "MessagePack: the message is cut short".to_owned()
}

fn take(bytes: &[u8], n: usize) -> Result<(&[u8], &[u8]), String> {
    bytes.split_at_checked(n).ok_or_else(cut_short)
}

fn number(bytes: &[u8], width: usize) -> Result<(usize, &[u8]), String> {
    let (digits, rest) = take(bytes, width)?;
    let n = digits.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    Ok((usize::try_from(n).map_err(|_| cut_short())?, rest))
}

/// What follows a first byte.
enum Shape {
    Bytes(usize),
    Values(usize),
}

fn shape(bytes: &[u8]) -> Result<(Shape, &[u8]), String> {
    let (first, rest) = bytes.split_first().ok_or_else(cut_short)?;
    let sized = |width, extra| number(rest, width).map(|(n, rest)| (Shape::Bytes(n.saturating_add(extra)), rest));
    let counted = |width, factor| number(rest, width).map(|(n, rest)| (Shape::Values(n.saturating_mul(factor)), rest));
    match *first {
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => Ok((Shape::Bytes(0), rest)),
        0x80..=0x8f => Ok((Shape::Values(usize::from(first & 0x0f) * 2), rest)),
        0x90..=0x9f => Ok((Shape::Values(usize::from(first & 0x0f)), rest)),
        0xa0..=0xbf => Ok((Shape::Bytes(usize::from(first & 0x1f)), rest)),
        0xc4 | 0xd9 => sized(1, 0),
        0xc5 | 0xda => sized(2, 0),
        0xc6 | 0xdb => sized(4, 0),
        0xc7 => sized(1, 1),
        0xc8 => sized(2, 1),
        0xc9 => sized(4, 1),
        0xcc | 0xd0 => Ok((Shape::Bytes(1), rest)),
        0xcd | 0xd1 | 0xd4 => Ok((Shape::Bytes(2), rest)),
        0xd5 => Ok((Shape::Bytes(3), rest)),
        0xca | 0xce | 0xd2 => Ok((Shape::Bytes(4), rest)),
        0xd6 => Ok((Shape::Bytes(5), rest)),
        0xcb | 0xcf | 0xd3 => Ok((Shape::Bytes(8), rest)),
        0xd7 => Ok((Shape::Bytes(9), rest)),
        0xd8 => Ok((Shape::Bytes(17), rest)),
        0xdc => counted(2, 1),
        0xdd => counted(4, 1),
        0xde => counted(2, 2),
        0xdf => counted(4, 2),
        0xc1 => Err("MessagePack: the byte 0xc1 has no meaning".to_owned()),
    }
}

/// The first value of `bytes`, and what follows it.
fn value(bytes: &[u8]) -> Result<(&[u8], &[u8]), String> {
    let mut rest = bytes;
    // values that remain to be read on each level
    let mut open = vec![1usize];
    while let Some(left) = open.last_mut() {
        if *left == 0 {
            open.pop();
            continue;
        }
        *left -= 1;
        let (shape, after) = shape(rest)?;
        rest = match shape {
            Shape::Bytes(n) => take(after, n)?.1,
            Shape::Values(n) => {
                if open.len() >= DEPTH {
                    return Err(format!("MessagePack: nested deeper than {DEPTH}"));
                }
                open.push(n);
                after
            }
        };
    }
    take(bytes, bytes.len() - rest.len())
}

/// The entries of the map that `bytes` begin with: key and undecoded value. Keys that are no text are passed over.
pub(crate) fn entries(bytes: &[u8]) -> Result<impl Iterator<Item = Result<(&str, &[u8]), String>>, String> {
    let is_map = matches!(bytes.first(), Some(0x80..=0x8f | 0xde | 0xdf));
    let (Shape::Values(n), mut rest) = shape(bytes)? else { return Err("MessagePack: a map was expected".to_owned()) };
    if !is_map {
        return Err("MessagePack: a map was expected".to_owned());
    }
    let next = move |_| {
        let (key, after) = value(rest)?;
        let (piece, after) = value(after)?;
        rest = after;
        Ok(rmp_serde::from_slice::<&str>(key).ok().map(|key| (key, piece)))
    };
    Ok((0..n / 2).map(next).filter_map(Result::transpose))
}

/// The items of the array that `bytes` begin with.
pub(crate) fn items(bytes: &[u8]) -> Result<impl Iterator<Item = Result<&[u8], String>>, String> {
    let is_array = matches!(bytes.first(), Some(0x90..=0x9f | 0xdc | 0xdd));
    let (Shape::Values(n), mut rest) = shape(bytes)? else {
        return Err("MessagePack: an array was expected".to_owned());
    };
    if !is_array {
        return Err("MessagePack: an array was expected".to_owned());
    }
    Ok((0..n).map(move |_| {
        let (piece, after) = value(rest)?;
        rest = after;
        Ok(piece)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_and_garbage_is_refused() {
        let message = rmp_serde::to_vec_named(
            &serde_json::json!({"d": {"a": [1, -1, 70000, 1.5, null, "x".repeat(300)]}, "op": 7}),
        )
        .unwrap();
        let found: Vec<_> = entries(&message).unwrap().map(Result::unwrap).collect();
        assert_eq!(found.iter().map(|(key, _)| *key).collect::<Vec<_>>(), ["d", "op"]);
        assert_eq!(found[1].1, [7]);
        for cut in 0..message.len() {
            let pieces = entries(&message[..cut]).map(Iterator::collect::<Vec<_>>);
            assert!(pieces.is_err() || pieces.unwrap().iter().any(Result::is_err), "cut at {cut}");
        }
        assert!(entries(&[0x91, 1]).is_err());
        assert!(items(&[0x80]).is_err());
        assert!(value(&[0xc1]).is_err());
        let deep = [0x91; 1000];
        assert!(value(&deep).unwrap_err().contains("nested"));
        let huge = [0xdf, 0xff, 0xff, 0xff, 0xff];
        assert!(entries(&huge).unwrap().next().unwrap().is_err());
    }
}
