//! Messages, and the lines in which they travel. All of it is bytes: the engine knows no charset.

/// A message on the engine's bus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Message {
    /// Seconds since 1970.
    pub(super) time: u64,
    pub(super) name: Vec<u8>,
    pub(super) ret: Vec<u8>,
    pub(super) params: Vec<(Vec<u8>, Vec<u8>)>,
    /// The channel whose message it is: it never travels in a line.
    pub(super) channel: Option<String>,
}

impl Message {
    pub(super) fn new(name: &str) -> Self {
        Self { time: super::seconds(), name: name.into(), ..Self::default() }
    }

    pub(super) fn with(mut self, key: &str, value: impl AsRef<[u8]>) -> Self {
        self.set(key.as_bytes(), value.as_ref());
        self
    }

    pub(super) fn get(&self, key: &str) -> Option<&[u8]> {
        self.params.iter().find(|(name, _)| name == key.as_bytes()).map(|(_, value)| value.as_slice())
    }

    pub(super) fn text(&self, key: &str) -> String {
        String::from_utf8_lossy(self.get(key).unwrap_or_default()).into_owned()
    }

    /// The return value.
    pub(super) fn text_value(&self) -> String {
        String::from_utf8_lossy(&self.ret).into_owned()
    }

    pub(super) fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Sets a parameter in its place, or behind all others.
    pub(super) fn set(&mut self, key: &[u8], value: &[u8]) {
        match self.params.iter_mut().find(|(name, _)| name == key) {
            Some((_, old)) => value.clone_into(old),
            None => self.params.push((key.to_owned(), value.to_owned())),
        }
    }

    pub(super) fn clear(&mut self, key: &[u8]) {
        self.params.retain(|(name, _)| name != key);
    }

    /// Notes who has handled it.
    pub(super) fn track(&mut self, module: &str, priority: u32) {
        let mark = format!("{module}:{priority}");
        match self.params.iter_mut().find(|(name, _)| name == b"handlers") {
            Some((_, list)) => {
                list.push(b',');
                list.extend_from_slice(mark.as_bytes());
            }
            None => self.params.push((b"handlers".to_vec(), mark.into_bytes())),
        }
    }

    /// The line that asks a handler.
    pub(super) fn request(&self, id: &str) -> Vec<u8> {
        let mut line = format!("%%>message:{id}:{}:", self.time).into_bytes();
        self.tail(&mut line);
        line
    }

    /// The line that answers an emitter, or with no id tells a watcher.
    pub(super) fn answer(&self, id: &[u8], handled: bool) -> Vec<u8> {
        let mut line = b"%%<message:".to_vec();
        escape(id, false, &mut line);
        line.extend_from_slice(if handled { b":true:" } else { b":false:" });
        self.tail(&mut line);
        line
    }

    fn tail(&self, line: &mut Vec<u8>) {
        escape(&self.name, false, line);
        line.push(b':');
        escape(&self.ret, false, line);
        for (name, value) in &self.params {
            line.push(b':');
            escape(name, true, line);
            line.push(b'=');
            escape(value, false, line);
        }
    }

    /// Applies parameters of a line; `None`: one of them is malformed.
    pub(super) fn apply<'a>(&mut self, fields: impl Iterator<Item = &'a [u8]>) -> Option<()> {
        for field in fields.filter(|field| !field.is_empty()) {
            let field = unescape(field)?;
            match field.iter().position(|byte| *byte == b'=') {
                Some(0) => return None,
                Some(at) => {
                    let (name, value) = field.split_at_checked(at)?;
                    self.set(name, value.get(1..)?);
                }
                None => self.clear(&field),
            }
        }
        Some(())
    }
}

/// Escapes a field.
pub(super) fn escape(field: &[u8], name: bool, out: &mut Vec<u8>) {
    for &byte in field {
        match byte {
            0..0x20 => out.extend([b'%', byte + 64]),
            b':' => out.extend(b"%z"),
            b'%' => out.extend(b"%%"),
            b'=' if name => out.extend(b"%}"),
            byte => out.push(byte),
        }
    }
}

/// `None`: it is malformed.
pub(super) fn unescape(field: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(field.len());
    let mut bytes = field.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'%' => match bytes.next() {
                Some(&byte @ b'A'..=b'_') => out.push(byte - 64),
                Some(b'z') => out.push(b':'),
                Some(b'%') => out.push(b'%'),
                Some(_) => return None,
                // the engine reads past the end here, and this is what it makes of it
                None => out.push(0xc0),
            },
            0..0x20 => return None,
            byte => out.push(byte),
        }
    }
    Some(out)
}

/// What a client emits: its id and the message. `None`: it is malformed.
pub(super) fn request(rest: &[u8]) -> Option<(Vec<u8>, Message)> {
    let mut fields = rest.split(|byte| *byte == b':');
    let id = unescape(fields.next()?)?;
    let time = fields.next()?;
    let time = match std::str::from_utf8(time).ok()? {
        "" | "0" => super::seconds(),
        text => text.parse().ok()?,
    };
    let name = unescape(fields.next()?)?;
    let ret = unescape(fields.next()?)?;
    let mut message = Message { time, name, ret, ..Message::default() };
    message.apply(fields)?;
    Some((id, message))
}

/// What a handler answers.
pub(super) struct Answer {
    pub(super) id: Vec<u8>,
    pub(super) handled: bool,
    line: Vec<u8>,
}

impl Answer {
    /// `None`: it is passed over.
    pub(super) fn parse(rest: &[u8]) -> Option<Self> {
        let mut fields = rest.splitn(3, |byte| *byte == b':');
        let id = unescape(fields.next()?)?;
        let handled = match fields.next()? {
            b"true" | b"yes" | b"on" | b"enable" | b"t" | b"1" => true,
            b"false" | b"no" | b"off" | b"disable" | b"f" | b"0" => false,
            _ => return None,
        };
        Some(Self { id, handled, line: fields.next()?.to_vec() })
    }

    /// Changes the message as the answer says.
    pub(super) fn change(&self, message: &mut Message) {
        let mut fields = self.line.split(|byte| *byte == b':');
        let Some(name) = fields.next().and_then(unescape) else { return };
        if !name.is_empty() {
            message.name = name;
        }
        let Some(ret) = fields.next().and_then(unescape) else { return };
        message.ret = ret;
        let _ = message.apply(fields);
    }
}
