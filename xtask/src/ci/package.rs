//! Whether each crate is fit to be published.

use anyhow::{Result, bail};

use super::fail_on;
use crate::cargo::{Metadata, Package, cargo};

pub(super) fn check() -> Result<()> {
    let metadata = Metadata::load()?;
    let mut complaints = Vec::new();
    for package in metadata.members() {
        if package.is_private() {
            continue;
        }
        complaints.extend(manifest(package));
        complaints.extend(contents(&package.name, &list(&package.name)?));
    }
    fail_on(&complaints)
}

/// What is missing in a manifest.
fn manifest(package: &Package) -> Vec<String> {
    let mut missing = Vec::new();
    let is_told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if package.description.as_ref().is_none_or(|text| text.len() < 20) {
        missing.push("a description that describes");
    }
    if !is_told(&package.license) {
        missing.push("license");
    }
    if !is_told(&package.repository) {
        missing.push("repository");
    }
    if !is_told(&package.readme) {
        missing.push("readme");
    }
    // The limits are those of crates.io.
    if !(1..=5).contains(&package.keywords.len()) {
        missing.push("one to five keywords");
    }
    if !(1..=5).contains(&package.categories.len()) {
        missing.push("one to five categories");
    }
    if package.metadata.pointer("/docs/rs/all-features") != Some(&true.into()) {
        missing.push("[package.metadata.docs.rs] all-features = true");
    }
    missing.into_iter().map(|what| format!("{}: Cargo.toml lacks {what}", package.name)).collect()
}

/// The files that would be published.
fn list(name: &str) -> Result<Vec<String>> {
    let output = cargo().args(["package", "--list", "--allow-dirty", "-p", name]).output()?;
    if !output.status.success() {
        bail!("cargo package --list -p {name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(|line| line.replace('\\', "/")).collect())
}

/// What is missing or too much among the files of a package.
fn contents(name: &str, files: &[String]) -> Vec<String> {
    let mut complaints: Vec<_> = ["README.md", "LICENSE-MIT", "LICENSE-APACHE"]
        .iter()
        .filter(|wanted| !files.iter().any(|file| file == *wanted))
        .map(|wanted| format!("{name}: the package lacks {wanted}"))
        .collect();
    if let Some(file) = files.iter().find(|file| file.starts_with("tests/data/")) {
        complaints.push(format!("{name}: the package holds test data: {file}"));
    }
    complaints
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn complete_manifest_passes_and_a_bare_one_is_told_all_it_lacks() {
        let mut value = json!({
            "id": "a", "name": "a", "version": "0.1.0", "license": "MIT", "repository": "https://example.org",
            "readme": "README.md", "description": "A client for something", "keywords": ["a"], "categories": ["b"],
            "metadata": {"docs": {"rs": {"all-features": true}}},
        });
        assert_eq!(manifest(&serde_json::from_value(value.clone()).unwrap()), Vec::<String>::new());
        value["description"] = "placeholder".into();
        value["keywords"] = json!([]);
        assert_eq!(manifest(&serde_json::from_value(value).unwrap()).len(), 2);
        let bare = json!({"id": "a", "name": "a", "version": "0.1.0"});
        assert_eq!(manifest(&serde_json::from_value(bare).unwrap()).len(), 7);
    }

    #[test]
    fn test_data_stays_at_home_and_licences_go_along() {
        let files = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let good = ["Cargo.toml", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "src/lib.rs"];
        assert!(contents("a", &files(&good)).is_empty());
        assert_eq!(contents("a", &files(&["README.md", "tests/data/x.bin"])).len(), 3);
    }
}
