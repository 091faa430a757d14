//! The text that modules tell of themselves (`engine.status`), read.

/// What one module says of itself: `name=dumb,type=misc,format=Status|Address|Peer;chans=1;dumb/1=answered||tone/1`.
///
/// Nothing in the text is escaped: a value that holds a comma or a semicolon cannot be told from two. The line is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ModuleStatus {
    /// The whole line.
    pub line: String,
    /// What it is: `name`, `type`, `format`, `version`.
    pub identity: Vec<(String, String)>,
    /// Its counters: `chans`, `total`.
    pub counters: Vec<(String, String)>,
    /// What it has: channels, listeners, accounts; each with the fields that `format` names.
    pub items: Vec<(String, Vec<String>)>,
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (name.to_owned(), value.to_owned())
    };
    text.split(',').filter(|text| !text.is_empty()).map(pair).collect()
}

impl ModuleStatus {
    /// Reads one line.
    #[must_use]
    pub fn parse(line: &str) -> Self {
        let line = line.trim_end();
        let mut parts = line.splitn(3, ';');
        let mut part = || parts.next().unwrap_or_default();
        let (identity, counters) = (pairs(part()), pairs(part()));
        let items = pairs(part().trim_end_matches(';'))
            .into_iter()
            .map(|(id, fields)| (id, fields.split('|').map(str::to_owned).collect()))
            .collect();
        Self { line: line.to_owned(), identity, counters, items }
    }

    /// Reads the text of any number of modules, one a line.
    #[must_use]
    pub fn parse_all(text: &str) -> Vec<Self> {
        text.lines().filter(|line| line.starts_with("name=")).map(Self::parse).collect()
    }

    fn of<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
        pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Its name: `sip`, `dumb`, `engine`.
    #[must_use]
    pub fn name(&self) -> &str {
        Self::of(&self.identity, "name").unwrap_or_default()
    }

    /// A counter as a number.
    #[must_use]
    pub fn counter(&self, name: &str) -> Option<u64> {
        Self::of(&self.counters, name)?.parse().ok()
    }

    /// A field of an item by its name in `format`.
    #[must_use]
    pub fn field<'a>(&self, item: &'a (String, Vec<String>), name: &str) -> Option<&'a str> {
        let place = Self::of(&self.identity, "format")?.split('|').position(|own| own == name)?;
        item.1.get(place).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_read_in_its_three_parts() {
        let text = "name=dumb,type=misc,format=Status|Address|Peer;routed=0,routing=0,total=1,chans=1;dumb/1=answered||tone/1\r\n\
                    name=cdrfile,type=misc;x=1;\r\nnoise\r\n";
        let all = ModuleStatus::parse_all(text);
        let [dumb, file] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!(
            (dumb.name(), dumb.counter("chans"), file.name(), file.items.len()),
            ("dumb", Some(1), "cdrfile", 0)
        );
        let item = &dumb.items[0];
        assert_eq!(item.0, "dumb/1");
        assert_eq!(
            ["Status", "Address", "Peer", "x"].map(|name| dumb.field(item, name)),
            [Some("answered"), Some(""), Some("tone/1"), None]
        );
    }
}
