//! Two sessions side by side, and only what differs.

use serde_json::Value;

/// How many lines the two have in common, and what differs, for people to read.
pub(super) struct Comparison {
    pub(super) equal: usize,
    pub(super) differences: Vec<String>,
}

enum Edit<'a> {
    Equal,
    Missing(&'a Value),
    Extra(&'a Value),
}

pub(super) fn compare(expected: &[Value], seen: &[Value]) -> Comparison {
    let mut equal = 0;
    let mut differences = Vec::new();
    let (mut missing, mut extra) = (Vec::new(), Vec::new());
    for edit in edits(expected, seen) {
        match edit {
            Edit::Equal => {
                equal += 1;
                tell(&mut missing, &mut extra, &mut differences);
            }
            Edit::Missing(line) => missing.push(line),
            Edit::Extra(line) => extra.push(line),
        }
    }
    tell(&mut missing, &mut extra, &mut differences);
    Comparison { equal, differences }
}

/// The shortest way from one to the other: a longest common subsequence.
fn edits<'a>(expected: &'a [Value], seen: &'a [Value]) -> Vec<Edit<'a>> {
    let width = seen.len() + 1;
    // How much the rests after (row, column) have in common.
    let mut common = vec![0_usize; (expected.len() + 1) * width];
    let at = |common: &[usize], row: usize, column: usize| common.get(row * width + column).copied().unwrap_or(0);
    for (row, left) in expected.iter().enumerate().rev() {
        for (column, right) in seen.iter().enumerate().rev() {
            let best = if left == right {
                at(&common, row + 1, column + 1) + 1
            } else {
                at(&common, row + 1, column).max(at(&common, row, column + 1))
            };
            if let Some(cell) = common.get_mut(row * width + column) {
                *cell = best;
            }
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut edits = Vec::new();
    loop {
        match (expected.get(row), seen.get(column)) {
            (None, None) => return edits,
            (Some(left), Some(right)) if left == right => {
                edits.push(Edit::Equal);
                row += 1;
                column += 1;
            }
            (Some(left), right) if right.is_none() || at(&common, row + 1, column) >= at(&common, row, column + 1) => {
                edits.push(Edit::Missing(left));
                row += 1;
            }
            (_, Some(right)) => {
                edits.push(Edit::Extra(right));
                column += 1;
            }
            (Some(_), None) => row += 1,
        }
    }
}

/// Tells of a stretch where the two differ. A line that is there in another form is told field by field.
fn tell(missing: &mut Vec<&Value>, extra: &mut Vec<&Value>, differences: &mut Vec<String>) {
    for line in missing.drain(..) {
        let Some(place) = extra.iter().position(|other| title(other) == title(line)) else {
            differences.push(format!("{}\n  - expected   {line}\n  + simulator  nothing", title(line)));
            continue;
        };
        let mut fields = Vec::new();
        differing("", line, extra.remove(place), &mut fields);
        differences.push(format!("{}\n{}", title(line), fields.join("\n")));
    }
    for line in extra.drain(..) {
        differences.push(format!("{}\n  - expected   nothing\n  + simulator  {line}", title(line)));
    }
}

/// What a line is about.
fn title(line: &Value) -> String {
    let text = |name| line.get(name).filter(|value| !value.is_null());
    let words: Vec<_> =
        ["step", "event", "asked", "data"].into_iter().filter_map(|name| Some((name, text(name)?))).collect();
    let mut title = String::new();
    for (name, value) in words {
        match (name, value) {
            ("step", Value::String(step)) => title += step,
            ("event", Value::String(event)) => {
                // What an event holds is what is compared, not what names it.
                return format!("{title}, event {event}");
            }
            ("asked", asked) => title += &format!(" {asked}"),
            ("data", data) if line.get("target").is_some() => title += &format!(" {data}"),
            _ => {}
        }
    }
    title
}

fn differing(path: &str, expected: &Value, seen: &Value, fields: &mut Vec<String>) {
    match (expected, seen) {
        (left, right) if left == right => {}
        (Value::Object(left), Value::Object(right)) => {
            for (name, value) in left {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match right.get(name) {
                    Some(other) => differing(&path, value, other, fields),
                    None => fields.push(format!("  {path}\n    - expected   {value}\n    + simulator  nothing")),
                }
            }
            for (name, value) in right.iter().filter(|(name, _)| !left.contains_key(*name)) {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                fields.push(format!("  {path}\n    - expected   nothing\n    + simulator  {value}"));
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (place, (value, other)) in left.iter().zip(right).enumerate() {
                differing(&format!("{path}[{place}]"), value, other, fields);
            }
        }
        _ => fields.push(format!("  {path}\n    - expected   {expected}\n    + simulator  {seen}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn equal_sessions_have_no_difference() {
        let session = [json!({"step": "a"}), json!({"step": "b", "event": "E", "data": {"x": 1}})];
        let comparison = compare(&session, &session);
        assert_eq!((comparison.equal, comparison.differences.len()), (2, 0));
    }

    #[test]
    fn field_is_named() {
        let expected = [
            json!({"step": "a"}),
            json!({"step": "b", "asked": 1, "data": {"x": [1, 2], "y": 1}}),
            json!({"step": "c"}),
        ];
        let seen = [
            json!({"step": "a"}),
            json!({"step": "b", "asked": 1, "data": {"x": [1, 3], "z": 1}}),
            json!({"step": "c"}),
        ];
        let comparison = compare(&expected, &seen);
        assert_eq!(comparison.equal, 2);
        let wanted = "b 1\n  data.x[1]\n    - expected   2\n    + simulator  3\n  data.y\n    - expected   1\n    \
            + simulator  nothing\n  data.z\n    - expected   nothing\n    + simulator  1";
        assert_eq!(comparison.differences, [wanted]);
    }

    #[test]
    fn lines_too_many_and_too_few_are_told() {
        let expected = [json!({"step": "a", "event": "E", "data": 1}), json!({"step": "b"})];
        let seen = [json!({"step": "b"}), json!({"step": "b", "event": "F", "data": 1})];
        let comparison = compare(&expected, &seen);
        assert_eq!(comparison.equal, 1);
        assert_eq!(comparison.differences.len(), 2);
        assert!(comparison.differences[0].starts_with("a, event E\n  - expected   {"));
        assert!(comparison.differences[1].starts_with("b, event F\n  - expected   nothing"));
    }
}
