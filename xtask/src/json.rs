//! Reading JSON whose form nobody promises.

use serde_json::Value;

/// What stands in a value at this path, as `/a/b`; null if nothing does.
pub(crate) fn at<'a>(value: &'a Value, path: &str) -> &'a Value {
    static NULL: Value = Value::Null;
    value.pointer(path).unwrap_or(&NULL)
}
