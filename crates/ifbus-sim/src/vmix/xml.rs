//! The state document: a small tree, its text, and simple paths into it.

use std::fmt::Write;

/// An element.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    name: String,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Self>,
}

// Numbers and text alike are given as they stand.
#[allow(clippy::needless_pass_by_value)]
impl Node {
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// An element with text and nothing else.
    pub(super) fn leaf(name: impl Into<String>, text: impl ToString) -> Self {
        Self::new(name).text(text)
    }

    pub(super) fn text(mut self, text: impl ToString) -> Self {
        self.text = text.to_string();
        self
    }

    pub(super) fn attr(mut self, name: &'static str, value: impl ToString) -> Self {
        self.attributes.push((name, value.to_string()));
        self
    }

    pub(super) fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    pub(super) fn children(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    /// The whole document on one line, with no declaration, as vMix 29 sends it.
    pub(super) fn document(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.name);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"");
            escape(out, value, true);
            out.push('"');
        }
        // vMix writes an element that has attributes and no content as `<a />`, one without either as a pair of tags.
        if self.text.is_empty() && self.children.is_empty() && !self.attributes.is_empty() && self.name != "text" {
            out.push_str(" />");
            return;
        }
        out.push('>');
        escape(out, &self.text, false);
        for child in &self.children {
            child.write(out);
        }
        let _ = write!(out, "</{}>", self.name);
    }

    /// The text that a path such as `vmix/inputs/input[1]/@title` leads to.
    pub(super) fn find(&self, path: &str) -> Option<String> {
        let mut steps = path.trim().trim_start_matches('/').split('/');
        if steps.next()? != self.name {
            return None;
        }
        let mut node = self;
        for step in steps {
            if let Some(name) = step.strip_prefix('@') {
                return node.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
            }
            let (name, predicate) = match step.split_once('[') {
                Some((name, rest)) => (name, Some(rest.strip_suffix(']')?)),
                None => (step, None),
            };
            let mut named = node.children.iter().filter(|c| c.name == name);
            node = match predicate {
                None => named.next()?,
                Some(p) if p.starts_with('@') => named.find(|c| c.has(p))?,
                Some(p) => named.nth(p.parse::<usize>().ok()?.checked_sub(1)?)?,
            };
        }
        Some(node.text.clone())
    }

    /// Whether `@name='value'` holds.
    fn has(&self, predicate: &str) -> bool {
        let Some((name, value)) = predicate.trim_start_matches('@').split_once('=') else { return false };
        let value = value.trim().trim_matches(['\'', '"']);
        self.attributes.iter().any(|(n, v)| *n == name.trim() && v == value)
    }
}

fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\r' => out.push_str("&#xD;"),
            '\n' if in_attribute => out.push_str("&#xA;"),
            // Not allowed in XML in any form.
            c if c < ' ' && c != '\n' && c != '\t' => {}
            c => out.push(c),
        }
    }
}

/// A number as .NET writes a 32-bit float: seven digits, halves away from zero, `E-05` when it is small.
pub(super) fn float(f: f32) -> String {
    if f == 0.0 || !f.is_finite() {
        return "0".to_owned();
    }
    let exact = f64::from(f);
    let shortest = format!("{exact:e}");
    let exponent: i32 = shortest.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    // Ties are real: a fader at 75 lets through 31.640625.
    let seven = (exact * 10_f64.powi(6 - exponent)).round() / 1e6;
    if (-5..7).contains(&exponent) {
        let places = usize::try_from(6 - exponent).unwrap_or(0);
        let plain = format!("{:.places$}", seven * 10_f64.powi(exponent));
        let plain = if plain.contains('.') { plain.trim_end_matches('0').trim_end_matches('.') } else { &plain };
        return plain.to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{seven}E{sign}{:02}", exponent.abs())
}

/// `True` or `False`.
pub(super) fn boolean(b: bool) -> &'static str {
    if b { "True" } else { "False" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_have_seven_digits() {
        // Measured: faders at 50, 75 and 90 read back as these.
        let at = |fader: f32| float((fader / 100.0).powi(4) * 100.0);
        assert_eq!([at(50.0), at(75.0), at(90.0)], ["6.25", "31.64063", "65.60999"]);
        assert_eq!([at(100.0), at(0.0)], ["100", "0"]);
        assert_eq!(float(0.316_406_25), "0.3164063");
        assert_eq!(float(1.229_964e-6), "1.229964E-06");
        assert_eq!(float(0.5), "0.5");
    }

    #[test]
    fn paths_lead_to_text_and_attributes() {
        let tree = Node::new("vmix").child(Node::leaf("version", "29")).child(
            Node::new("inputs")
                .children([Node::leaf("input", "a").attr("n", 1), Node::leaf("input", "b").attr("n", 7)]),
        );
        assert_eq!(tree.find("vmix/version").as_deref(), Some("29"));
        assert_eq!(tree.find("/vmix/inputs/input[2]/@n").as_deref(), Some("7"));
        assert_eq!(tree.find("vmix/inputs/input[@n='7']").as_deref(), Some("b"));
        assert_eq!(tree.find("vmix/inputs/input[3]"), None);
        assert_eq!(tree.find("vmix/inputs/input[0]"), None);
        assert_eq!(tree.find("nothing"), None);
        assert_eq!(tree.find("vmix/inputs/input[99999999999999999999999]"), None);
    }
}
