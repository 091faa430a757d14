//! What may depend on what.

use anyhow::{Context as _, Result, bail};

use super::fail_on;
use crate::cargo::{Metadata, cargo};

/// The clients: each speaks one protocol and can be used without the rest of the house.
const CLIENTS: [&str; 6] = ["obs-ws5", "vmix-api", "ha-client", "ami-client", "esl-client", "yate-extmodule"];
/// The mechanism below the clients.
const LINK: &str = "ifbus-link";
/// The simulators. They know the wire alone, so that a client and its simulator cannot share a mistake.
const SIM: &str = "ifbus-sim";
/// What the clients' tests share. It is never published, and nothing but a test may use it.
const TESTING: &str = "ifbus-testing";

/// Crates that must never be in the tree: other crypto providers and other TLS.
const BANNED: [&str; 6] = ["aws-lc-rs", "aws-lc-sys", "aws-lc-fips-sys", "openssl", "openssl-sys", "native-tls"];

pub(super) fn check() -> Result<()> {
    let metadata = Metadata::load()?;
    let ours =
        metadata.member(LINK).and_then(|link| link.rust_version.clone()).context("ifbus-link has no rust-version")?;
    let mut complaints = arrows(&metadata);
    complaints.extend(too_new(&metadata, &ours)?);
    complaints.extend(banned(&metadata));
    for client in CLIENTS {
        complaints.extend(strangers(client, &metadata)?);
    }
    fail_on(&complaints)
}

/// The floor of the house that a crate is on: an arrow may only point to a lower one. None for the simulators and for
/// what is not ours.
fn floor(name: &str) -> Option<u8> {
    match name {
        LINK => Some(0),
        name if CLIENTS.contains(&name) => Some(1),
        "ifbus-core" => Some(2),
        "ifbus-orchestrator" => Some(3),
        "ifbus-cli" => Some(4),
        "ifbus-examples" | "ifbus-benches" | "xtask" => Some(5),
        _ => None,
    }
}

/// Dependencies between our crates that do not point down.
fn arrows(metadata: &Metadata) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in metadata.members() {
        for dependency in &package.dependencies {
            let is_test = dependency.kind.as_deref() == Some("dev");
            let allowed = match (floor(&package.name), floor(&dependency.name)) {
                // Simulators are for tests, and for the programs at the top.
                (Some(from), None) if dependency.name == SIM => from > 0 && (is_test || from >= 4),
                (_, _) if dependency.name == TESTING => is_test,
                (_, Some(0)) if package.name == TESTING => true,
                (Some(from), Some(to)) => to < from,
                (None, Some(_)) => false,
                (_, None) => true,
            };
            if !allowed {
                complaints.push(format!("{} must not depend on {}", package.name, dependency.name));
            }
        }
    }
    complaints
}

/// Packages that need a newer Rust than we promise.
fn too_new(metadata: &Metadata, ours: &str) -> Result<Vec<String>> {
    let limit = version(ours).with_context(|| format!("rust-version {ours}"))?;
    let newer = |wanted: &String| version(wanted).is_none_or(|wanted| wanted > limit);
    Ok(metadata
        .packages
        .iter()
        .filter_map(|package| Some((package, package.rust_version.as_ref().filter(|wanted| newer(wanted))?)))
        .map(|(package, wanted)| format!("{} {} needs Rust {wanted}, we promise {ours}", package.name, package.version))
        .collect())
}

/// `1.89` and `1.89.0` as numbers.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split(['.', '-']).map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?))
}

/// Packages in the tree that must not be there.
fn banned(metadata: &Metadata) -> Vec<String> {
    let built =
        |id: &str| metadata.resolve.as_ref().is_none_or(|resolve| resolve.nodes.iter().any(|node| node.id == id));
    metadata
        .packages
        .iter()
        .filter(|package| BANNED.contains(&package.name.as_str()) && built(&package.id))
        .map(|package| format!("{} is in the tree; TLS here is rustls with ring: `cargo tree -i {0}`", package.name))
        .collect()
}

/// Crates of ours that somebody gets who adds one client to a project.
fn strangers(client: &str, metadata: &Metadata) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for features in [None, Some("--all-features")] {
        let output = cargo()
            .args(["tree", "-p", client, "-e", "normal", "--target", "all", "--prefix", "none", "--format", "{p}"])
            .args(features)
            .output()?;
        if !output.status.success() {
            bail!("cargo tree -p {client}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let tree = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = tree.lines().filter_map(|line| line.split(' ').next());
        let ours = names.filter(|name| metadata.member(name).is_some());
        for stranger in ours.filter(|name| *name != client && *name != LINK) {
            let complaint = format!("{client} brings {stranger} with it: `cargo tree -p {client} -e normal`");
            if !complaints.contains(&complaint) {
                complaints.push(complaint);
            }
        }
    }
    Ok(complaints)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn metadata(packages: &[Value]) -> Metadata {
        let ids: Vec<_> = packages.iter().map(|package| package["id"].clone()).collect();
        let nodes: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
        let value = json!({"packages": packages, "workspace_members": ids, "resolve": {"nodes": nodes}});
        serde_json::from_value(value).unwrap()
    }

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<_> =
            dependencies.iter().map(|(name, kind)| json!({"name": name, "kind": kind})).collect();
        json!({"id": name, "name": name, "version": "0.1.0", "rust_version": "1.89", "dependencies": dependencies})
    }

    fn complaints(name: &str, dependency: &str, kind: Option<&str>) -> usize {
        arrows(&metadata(&[package(name, &[(dependency, kind), ("serde", None)])])).len()
    }

    #[test]
    fn arrows_point_down() {
        for (from, to) in [
            ("obs-ws5", "ifbus-link"),
            ("ifbus-core", "obs-ws5"),
            ("ifbus-cli", "ifbus-orchestrator"),
            ("ifbus-cli", "ifbus-sim"),
            ("ifbus-examples", "ifbus-sim"),
        ] {
            assert_eq!(complaints(from, to, None), 0, "{from} -> {to}");
        }
        for (from, to) in [
            ("obs-ws5", "ifbus-core"),
            ("obs-ws5", "vmix-api"),
            ("obs-ws5", "ifbus-sim"),
            ("ifbus-link", "obs-ws5"),
            ("ifbus-sim", "obs-ws5"),
            ("ifbus-sim", "ifbus-link"),
            ("ifbus-core", "ifbus-orchestrator"),
            ("ifbus-core", "ifbus-sim"),
        ] {
            assert_eq!(complaints(from, to, None), 1, "{from} -> {to}");
        }
    }

    #[test]
    fn simulators_are_for_tests() {
        assert_eq!(complaints("obs-ws5", "ifbus-sim", Some("dev")), 0);
        assert_eq!(complaints("ifbus-core", "ifbus-sim", Some("dev")), 0);
        assert_eq!(complaints("ifbus-link", "ifbus-sim", Some("dev")), 1);
        assert_eq!(complaints("ifbus-sim", "obs-ws5", Some("dev")), 1);
        assert_eq!(complaints("obs-ws5", "vmix-api", Some("dev")), 1);
    }

    #[test]
    fn newer_rust_is_named() {
        let mut newer = package("newer", &[]);
        newer["rust_version"] = "1.90".into();
        let found = too_new(&metadata(&[newer, package("same", &[])]), "1.89.0").unwrap();
        assert_eq!(found, ["newer 0.1.0 needs Rust 1.90, we promise 1.89.0"]);
        assert!(version("1.100") > version("1.89"));
    }

    #[test]
    fn second_crypto_provider_is_found() {
        assert_eq!(banned(&metadata(&[package("ring", &[])])).len(), 0);
        assert_eq!(banned(&metadata(&[package("aws-lc-rs", &[])])).len(), 1);
    }
}
