//! MessagePack in the forms that the real server chooses: smallest integers, 32-bit floats where they are exact.

use serde_json::{Map, Number, Value};

use super::codec::sorted;

const MAX_DEPTH: usize = 128;

pub(super) fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => out.push(0xc0),
        Value::Bool(false) => out.push(0xc2),
        Value::Bool(true) => out.push(0xc3),
        Value::Number(n) => write_number(out, n),
        Value::String(s) => {
            match s.len() {
                n @ 0..=31 => out.push(0xa0 | low(n)),
                n @ 32..=0xff => out.extend([0xd9, low(n)]),
                n => length(out, n, 0xda, 0xdb),
            }
            out.extend_from_slice(s.as_bytes());
        }
        Value::Array(list) => {
            match list.len() {
                n @ 0..=15 => out.push(0x90 | low(n)),
                n => length(out, n, 0xdc, 0xdd),
            }
            for item in list {
                write(out, item);
            }
        }
        Value::Object(map) => {
            match map.len() {
                n @ 0..=15 => out.push(0x80 | low(n)),
                n => length(out, n, 0xde, 0xdf),
            }
            for (key, item) in sorted(map) {
                write(out, &Value::from(key));
                write(out, item);
            }
        }
    }
}

fn low(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX)
}

fn length(out: &mut Vec<u8>, n: usize, short: u8, long: u8) {
    if let Ok(n) = u16::try_from(n) {
        out.push(short);
        out.extend(n.to_be_bytes());
    } else {
        out.push(long);
        out.extend(u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes());
    }
}

fn write_number(out: &mut Vec<u8>, n: &Number) {
    if let Some(u) = n.as_u64() {
        match u {
            0..=0x7f => out.push(low(usize::try_from(u).unwrap_or(0))),
            0x80..=0xff => out.extend([0xcc, u8::try_from(u).unwrap_or(u8::MAX)]),
            0x100..=0xffff => {
                out.push(0xcd);
                out.extend(u16::try_from(u).unwrap_or(u16::MAX).to_be_bytes());
            }
            0x1_0000..=0xffff_ffff => {
                out.push(0xce);
                out.extend(u32::try_from(u).unwrap_or(u32::MAX).to_be_bytes());
            }
            _ => {
                out.push(0xcf);
                out.extend(u.to_be_bytes());
            }
        }
    } else if let Some(i) = n.as_i64() {
        if let Ok(i) = i8::try_from(i) {
            if i < -32 {
                out.push(0xd0);
            }
            out.extend(i.to_be_bytes());
        } else if let Ok(i) = i16::try_from(i) {
            out.push(0xd1);
            out.extend(i.to_be_bytes());
        } else if let Ok(i) = i32::try_from(i) {
            out.push(0xd2);
            out.extend(i.to_be_bytes());
        } else {
            out.push(0xd3);
            out.extend(i.to_be_bytes());
        }
    } else if let Some(f) = n.as_f64() {
        #[allow(clippy::cast_possible_truncation)]
        let short = f as f32;
        if f64::from(short).to_bits() == f.to_bits() {
            out.push(0xca);
            out.extend(short.to_be_bytes());
        } else {
            out.push(0xcb);
            out.extend(f.to_be_bytes());
        }
    }
}

/// Reads exactly one value; an error is in the words of the real server's parser.
pub(super) fn read(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = Reader { bytes, at: 0 };
    let value = reader.value(0)?;
    if reader.at < bytes.len() {
        return Err(reader.error(110, 1, "value: expected end of input; last byte: 0x00"));
    }
    Ok(value)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn error(&self, id: u16, ahead: usize, what: &str) -> String {
        let at = self.at + ahead;
        format!(
            "[json.exception.parse_error.{id}] parse error at byte {at}: syntax error while parsing MessagePack {what}"
        )
    }

    fn take<const N: usize>(&mut self, what: &str) -> Result<[u8; N], String> {
        let piece = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<N>());
        let Some(piece) = piece else {
            self.at = self.bytes.len();
            return Err(self.error(110, 1, &format!("{what}: unexpected end of input")));
        };
        self.at += N;
        Ok(*piece)
    }

    fn uint(&mut self, size: u8) -> Result<u64, String> {
        Ok(match size {
            0 => u64::from(u8::from_be_bytes(self.take("number")?)),
            1 => u64::from(u16::from_be_bytes(self.take("number")?)),
            2 => u64::from(u32::from_be_bytes(self.take("number")?)),
            _ => u64::from_be_bytes(self.take("number")?),
        })
    }

    fn int(&mut self, size: u8) -> Result<i64, String> {
        Ok(match size {
            0 => i64::from(i8::from_be_bytes(self.take("number")?)),
            1 => i64::from(i16::from_be_bytes(self.take("number")?)),
            2 => i64::from(i32::from_be_bytes(self.take("number")?)),
            _ => i64::from_be_bytes(self.take("number")?),
        })
    }

    fn bytes(&mut self, size: u64, what: &str) -> Result<&[u8], String> {
        let end = usize::try_from(size).ok().and_then(|n| self.at.checked_add(n));
        let range = end.and_then(|end| self.bytes.get(self.at..end).map(|b| (end, b)));
        let Some((end, piece)) = range else {
            self.at = self.bytes.len();
            return Err(self.error(110, 1, &format!("{what}: unexpected end of input")));
        };
        self.at = end;
        Ok(piece)
    }

    fn string(&mut self, size: u64) -> Result<Value, String> {
        let text = String::from_utf8_lossy(self.bytes(size, "string")?).into_owned();
        Ok(Value::String(text))
    }

    /// Binary data has no place in JSON; as an array it is at least no object and no string.
    fn binary(&mut self, size: u64) -> Result<Value, String> {
        Ok(self.bytes(size, "binary")?.iter().map(|b| Value::from(*b)).collect())
    }

    fn array(&mut self, count: u64, depth: usize) -> Result<Value, String> {
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(self.value(depth)?);
        }
        Ok(Value::Array(list))
    }

    fn map(&mut self, count: u64, depth: usize) -> Result<Value, String> {
        let mut map = Map::new();
        for _ in 0..count {
            match self.bytes.get(self.at) {
                None | Some(0xa0..=0xbf | 0xd9..=0xdb) => {}
                Some(byte) => {
                    let what = format!(
                        "string: expected length specification (0xA0-0xBF, 0xD9-0xDB); last byte: 0x{byte:02X}"
                    );
                    return Err(self.error(113, 1, &what));
                }
            }
            if self.at >= self.bytes.len() {
                return Err(self.error(110, 1, "string: unexpected end of input"));
            }
            if let Value::String(key) = self.value(depth)? {
                map.insert(key, self.value(depth)?);
            }
        }
        Ok(Value::Object(map))
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        let [tag] = self.take("value")?;
        if depth > MAX_DEPTH {
            return Err(self.error(112, 0, "value: too deep"));
        }
        let depth = depth + 1;
        Ok(match tag {
            0x00..=0x7f => Value::from(tag),
            0x80..=0x8f => self.map(u64::from(tag & 0x0f), depth)?,
            0x90..=0x9f => self.array(u64::from(tag & 0x0f), depth)?,
            0xa0..=0xbf => self.string(u64::from(tag & 0x1f))?,
            0xc0 => Value::Null,
            0xc1 => return Err(self.error(112, 0, "value: invalid byte: 0xC1")),
            0xc2 => Value::Bool(false),
            0xc3 => Value::Bool(true),
            0xc4..=0xc6 => {
                let size = self.uint(tag - 0xc4)?;
                self.binary(size)?
            }
            // Extensions carry a type byte before their data.
            0xc7..=0xc9 => {
                let size = self.uint(tag - 0xc7)?;
                self.binary(size.saturating_add(1))?
            }
            0xca => Value::from(f64::from(f32::from_be_bytes(self.take("number")?))),
            0xcb => Value::from(f64::from_be_bytes(self.take("number")?)),
            0xcc..=0xcf => Value::from(self.uint(tag - 0xcc)?),
            0xd0..=0xd3 => Value::from(self.int(tag - 0xd0)?),
            0xd4..=0xd8 => self.binary((1 << (tag - 0xd4)) + 1)?,
            0xd9..=0xdb => {
                let size = self.uint(tag - 0xd9)?;
                self.string(size)?
            }
            0xdc | 0xdd => {
                let count = self.uint(tag - 0xdc + 1)?;
                self.array(count, depth)?
            }
            0xde | 0xdf => {
                let count = self.uint(tag - 0xde + 1)?;
                self.map(count, depth)?
            }
            0xe0..=0xff => Value::from(i8::from_be_bytes([tag])),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_can_be_read() {
        let all = json!({
            "ints": [0, 127, 128, 255, 256, 65_535, 65_536, u32::MAX, u64::MAX, -1, -32, -33, -128, -129, i32::MIN, i64::MIN],
            "floats": [0.5, 0.1],
            "text": ["", "x".repeat(31), "x".repeat(32), "é".repeat(300), "x".repeat(70_000)],
            "rest": [null, true, false, {}, []],
            "many": (0..70_000).collect::<Vec<_>>(),
        });
        let mut bytes = Vec::new();
        write(&mut bytes, &all);
        assert_eq!(read(&bytes).unwrap(), all);
        // Cut anywhere near its start it is an error, never a panic.
        assert!((0..300).all(|n| read(&bytes[..n]).is_err()));
    }

    #[test]
    fn the_smallest_form_is_taken() {
        let bytes = |v: &Value| {
            let mut out = Vec::new();
            write(&mut out, v);
            out
        };
        assert_eq!(bytes(&json!(-32)), [0xe0]);
        assert_eq!(bytes(&json!(-33)), [0xd0, 0xdf]);
        assert_eq!(bytes(&json!(0.5)), [0xca, 0x3f, 0, 0, 0]);
        assert_eq!(bytes(&json!(0.1))[0], 0xcb);
        // Identified, as the real server sends it.
        let identified = json!({"d": {"negotiatedRpcVersion": 1}, "op": 2});
        assert_eq!(bytes(&identified), b"\x82\xa1d\x81\xb4negotiatedRpcVersion\x01\xa2op\x02");
    }

    #[test]
    fn junk_is_borne() {
        for a in 0..=u8::MAX {
            for b in 0..=u8::MAX {
                let _ = read(&[a, b, 0xff, 0xff, 0xff, 0xff]);
            }
        }
        assert!(read(&[0x91; 100_000]).is_err());
        assert!(read(&[0xdd, 0xff, 0xff, 0xff, 0xff]).is_err());
    }
}
