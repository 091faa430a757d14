//! Files that are generated from the protocol catalogues.

mod esl;

use anyhow::{Context as _, Result, bail};
use std::path::Path;

/// A file, by its path from the root, and what it is to hold.
type Generated = (&'static str, String);

/// Writes the generated files, or checks that they are what would be written.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask lies in the root")?;
    for (path, text) in esl::generate()? {
        let file = root.join(path);
        let is = std::fs::read_to_string(&file).unwrap_or_default();
        if is == text {
            continue;
        }
        if check {
            bail!("{path} is not what `cargo xtask generate` would write");
        }
        std::fs::write(&file, text).with_context(|| format!("writing {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}
