//! `cargo xtask generate`: the files that are written from the protocol catalogues in `xtask/catalogues`.

mod ami;
mod esl;
mod names;
mod overlay;
mod yate;

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};

/// A file, by its path from the root, and what it is to hold.
type Generated = (&'static str, String);

/// Writes the generated files, or checks that they are fresh.
pub(crate) fn run(check: bool) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the workspace of xtask")?;
    let files = ami::generate()?.into_iter().chain(esl::generate()?).chain(yate::generate()?);
    let mut stale = Vec::new();
    for (path, text) in files {
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|found| found == text) {
            continue;
        }
        if check {
            stale.push(path);
        } else {
            fs::write(&file, text).with_context(|| format!("writing {path}"))?;
            println!("{path}: written");
        }
    }
    match stale.as_slice() {
        [] => Ok(()),
        _ => bail!("not what `cargo xtask generate` would write: {}", stale.join(", ")),
    }
}
