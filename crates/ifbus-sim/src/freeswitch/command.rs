//! What clients send: a line, headers, an empty line, perhaps a body.

/// A command that is longer is taken as complete.
const LONGEST: usize = 10 * 1024 * 1024;
/// A body that is to be longer ends the connection.
const LONGEST_BODY: usize = 16 * 1024 * 1024;

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
}

impl Command {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// What follows the verb, if the line begins with it in whatever case. As the server does, it looks at nothing but the
    /// beginning: `exited` is `exit`.
    pub(super) fn after(&self, verb: &str) -> Option<&str> {
        let (head, rest) = self.line.split_at_checked(verb.len())?;
        head.eq_ignore_ascii_case(verb).then_some(rest)
    }
}

/// The bytes of a client that are not yet a command.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// Up to here there is no end of a command.
    scanned: usize,
    /// A command that waits for that many bytes of its body.
    waiting: Option<(Command, usize)>,
}

/// The client asked for a body of an impossible length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Absurd;

impl Reader {
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// Whether no half of a command is here: while one is, the server sends no events.
    pub(super) fn is_idle(&self) -> bool {
        self.buffer.is_empty() && self.waiting.is_none()
    }

    pub(super) fn next(&mut self) -> Result<Option<Command>, Absurd> {
        if self.waiting.is_none() {
            let Some(command) = self.head() else { return Ok(None) };
            let Some(length) = command.header("Content-Length") else { return Ok(Some(command)) };
            let length = length.trim().parse::<i64>().unwrap_or(0);
            let length = usize::try_from(length).ok().filter(|length| *length <= LONGEST_BODY).ok_or(Absurd)?;
            if length == 0 {
                return Ok(Some(command));
            }
            self.waiting = Some((command, length));
        }
        let complete = self.waiting.as_ref().is_some_and(|(_, length)| self.buffer.len() >= *length);
        let Some((mut command, length)) = self.waiting.take_if(|_| complete) else { return Ok(None) };
        let rest = self.buffer.split_off(length);
        let mut body = std::mem::replace(&mut self.buffer, rest);
        // it is kept as a C string
        let end = body.iter().position(|byte| *byte == 0).unwrap_or(body.len());
        body.truncate(end);
        command.body = Some(body);
        Ok(Some(command))
    }

    fn head(&mut self) -> Option<Command> {
        if self.scanned == 0 {
            let blank = self.buffer.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.buffer.drain(..blank);
        }
        let mut newlines = 0;
        let mut end = None;
        for (at, byte) in self.buffer.iter().enumerate().skip(self.scanned) {
            match byte {
                b'\n' => newlines += 1,
                b'\r' => {}
                _ => newlines = 0,
            }
            if newlines == 2 {
                end = Some(at + 1);
                break;
            }
        }
        let end = match end {
            Some(end) => end,
            None if self.buffer.len() >= LONGEST => LONGEST,
            None => {
                // the end may have begun
                self.scanned = self.buffer.len().saturating_sub(4);
                return None;
            }
        };
        self.scanned = 0;
        let rest = self.buffer.split_off(end);
        let head = std::mem::replace(&mut self.buffer, rest);
        Some(parse(&String::from_utf8_lossy(&head)))
    }
}

fn parse(text: &str) -> Command {
    // one CR anywhere, and lines end at CRs only
    let separator = if text.contains('\r') { '\r' } else { '\n' };
    let mut lines =
        text.split(separator).map(|line| if separator == '\r' { line.trim_start_matches('\n') } else { line });
    let mut command = Command { line: lines.next().unwrap_or_default().to_owned(), ..Command::default() };
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim_start_matches(' ');
        let value = if separator == '\r' { value.trim_end_matches('\n') } else { value };
        if value.is_empty() {
            command.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        } else {
            command.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    command
}
