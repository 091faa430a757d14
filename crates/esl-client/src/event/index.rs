//! Where the headers of an event stand: one pass over its bytes.

/// Names and values of a JSON or XML event, each from `start` to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) name: (u32, u32),
    pub(super) value: (u32, u32),
}

/// What an event's bytes hold. The room that is left over is not given back: that would cost more than the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Index {
    /// Plain: where each header line ends. Names are compared in place, so that no colon need be known.
    Lines(Vec<u32>),
    Spans(Vec<Span>),
}

/// What the indexers find: headers, where the body stands, and whether the bytes are what they should be.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) index: Index,
    pub(super) body: Option<(u32, u32)>,
    pub(super) whole: bool,
}

/// The headers of a plain event up to the empty line, and the body behind it.
pub(super) fn plain(bytes: &[u8], start: usize) -> Found {
    let inner = bytes.get(start..).unwrap_or_default();
    // a header is 34 bytes on average in the recordings of FreeSWITCH 1.11
    let mut ends = Vec::with_capacity(inner.len() / 28 + 4);
    let mut line = start;
    let mut blank = None;
    for at in memchr::memchr_iter(b'\n', inner) {
        let end = start + at;
        if end == line {
            blank = Some(end + 1);
            break;
        }
        ends.push(end as u32);
        line = end + 1;
    }
    let whole = blank.is_some();
    if !whole && line < bytes.len() {
        ends.push(bytes.len() as u32); // a last line without its end
    }
    let body = blank.filter(|body| *body < bytes.len()).map(|body| (body as u32, bytes.len() as u32));
    Found { index: Index::Lines(ends), body, whole }
}

/// Where a JSON string ends: the place of its closing quote.
pub(super) fn end_of_string(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes.get(at) == Some(&b'"') {
            return Some(at);
        }
        from = at + 2;
    }
}

/// Reads a flat JSON object of strings and arrays of strings.
struct Json<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Json<'_> {
    fn next(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += 1;
            if !byte.is_ascii_whitespace() {
                return Some(*byte);
            }
        }
        None
    }

    /// The inside of a string whose opening quote has been read.
    fn string(&mut self) -> Option<(u32, u32)> {
        let start = self.at;
        let end = start + end_of_string(self.bytes.get(start..)?)?;
        self.at = end + 1;
        Some((start as u32, end as u32))
    }

    /// The rest of a value that is no string and begins here: an array, a number, a word.
    fn other(&mut self) -> Option<(u32, u32)> {
        let start = self.at - 1;
        self.at = start;
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.at += 1;
                    self.string()?;
                    continue;
                }
                b'[' | b'{' => depth += 1,
                b']' | b'}' if depth > 0 => depth -= 1,
                b',' | b'}' if depth == 0 => return Some((start as u32, self.at as u32)),
                _ => {}
            }
            self.at += 1;
        }
        None
    }

    fn headers(&mut self, spans: &mut Vec<Span>) -> Option<()> {
        if self.next()? != b'{' {
            return None;
        }
        loop {
            match self.next()? {
                b'}' if spans.is_empty() => return Some(()),
                b'"' => {}
                _ => return None,
            }
            let name = self.string()?;
            if self.next()? != b':' {
                return None;
            }
            let value = if self.next()? == b'"' { self.string()? } else { self.other()? };
            spans.push(Span { name, value });
            match self.next()? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }
}

pub(super) fn json(bytes: &[u8], start: usize) -> Found {
    // a header is 37 bytes on average in the recordings
    let mut spans = Vec::with_capacity(bytes.len().saturating_sub(start) / 30 + 4);
    let whole = Json { bytes, at: start }.headers(&mut spans).is_some();
    let is_body = |span: &Span| bytes.get(span.name.0 as usize..span.name.1 as usize) == Some(b"_body");
    let body = spans.pop_if(|span| is_body(span)).map(|span| span.value);
    Found { index: Index::Spans(spans), body, whole }
}

/// Reads the elements of an XML event. Names are used as tags unchecked by the server: an end tag is looked for by the name.
struct Xml<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Xml<'_> {
    fn find(&self, byte: u8, from: usize) -> Option<usize> {
        memchr::memchr(byte, self.bytes.get(from..)?).map(|at| from + at)
    }

    /// The next tag's inside: `headers`, `/headers`, `Event-Name`.
    fn tag(&mut self) -> Option<(usize, usize)> {
        let open = self.find(b'<', self.at)?;
        let close = self.find(b'>', open)?;
        self.at = close + 1;
        Some((open + 1, close))
    }

    fn text(&self, (from, to): (usize, usize)) -> &[u8] {
        self.bytes.get(from..to).unwrap_or_default()
    }

    /// The text up to the end tag of this name, which is passed over.
    fn value(&mut self, name: (usize, usize)) -> Option<(u32, u32)> {
        let start = self.at;
        let end = self.find(b'<', start)?;
        let rest = self.bytes.get(end..)?.strip_prefix(b"</")?;
        let rest = rest.strip_prefix(self.text(name))?;
        rest.strip_prefix(b">")?;
        self.at = end + 3 + (name.1 - name.0);
        Some((start as u32, end as u32))
    }

    fn event(&mut self, spans: &mut Vec<Span>, body: &mut Option<(u32, u32)>) -> Option<()> {
        let event = self.tag()?;
        let headers = self.tag()?;
        if (self.text(event), self.text(headers)) != (b"event", b"headers") {
            return None;
        }
        let mut inside = true;
        loop {
            let tag = self.tag()?;
            match self.text(tag) {
                b"/headers" if inside => inside = false,
                b"/event" if !inside => return Some(()),
                b"body" if !inside => *body = Some(self.value(tag)?),
                _ => {
                    let value = self.value(tag)?;
                    spans.push(Span { name: (tag.0 as u32, tag.1 as u32), value });
                }
            }
        }
    }
}

pub(super) fn xml(bytes: &[u8], start: usize) -> Found {
    let mut spans = Vec::with_capacity(bytes.len().saturating_sub(start) / 50 + 4);
    let mut body = None;
    let whole = Xml { bytes, at: start }.event(&mut spans, &mut body).is_some();
    Found { index: Index::Spans(spans), body, whole }
}
