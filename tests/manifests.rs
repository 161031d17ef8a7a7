//! Several manifests and tools name the same things, and agree.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "it is a test")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folders with a file of this name, as `/` and `/benches/load`.
fn folders_with(name: &str) -> BTreeSet<String> {
    /// These hold what is built or installed.
    const OTHERS: [&str; 5] = ["node_modules", "target", "build", ".git", ".wrangler"];
    let mut found = BTreeSet::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        if folder.join(name).is_file() {
            let inside = folder.strip_prefix(ROOT).unwrap();
            found.insert(format!("/{}", inside.display()));
        }
        let entries = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let skipped = |path: &Path| OTHERS.iter().any(|other| path.ends_with(other));
        folders
            .extend(entries.filter(|path| path.is_dir() && !path.is_symlink() && !skipped(path)));
    }
    found
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// The value of `key = "…"` in a manifest.
fn value<'a>(manifest: &'a str, key: &str) -> Option<&'a str> {
    let line = manifest.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""))?;
    line.strip_suffix('"')
}

#[test]
fn dependabot_watches_each_manifest() {
    let text = read(".github/dependabot.yml");
    let ecosystems =
        [("cargo", "Cargo.toml"), ("npm", "package.json"), ("pip", "requirements.txt")];
    for (ecosystem, manifest) in ecosystems {
        let start = format!("package-ecosystem: {ecosystem}\n");
        let (_, section) = text.split_once(&start).unwrap();
        let section = section.split("package-ecosystem: ").next().unwrap();
        let line = section.lines().find_map(|line| line.trim().strip_prefix("director")).unwrap();
        let (_, folders) = line.split_once(": ").unwrap();
        let folders = folders.trim_matches(['[', ']']).split(", ");
        let watched: BTreeSet<_> =
            folders.map(|folder| folder.trim_matches('"').to_owned()).collect();
        assert_eq!(watched, folders_with(manifest), "{ecosystem}");
    }
}

#[test]
fn the_makefile_lists_each_crate() {
    let makefile = read("Makefile");
    let list = makefile.lines().find_map(|line| line.strip_prefix("CRATES := ")).unwrap();
    let crates: BTreeSet<_> =
        list.split(' ').map(|folder| format!("/{}", folder.trim_start_matches('.'))).collect();
    assert_eq!(crates, folders_with("Cargo.toml"));
}

/// lib.rs offers all that a room's `mod.rs` makes public, so a module would be offered as well.
#[test]
fn a_room_offers_names_and_no_module_but_the_encoder() {
    let mut shown = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join("src")).unwrap() {
        let Ok(room) = fs::read_to_string(entry.unwrap().path().join("mod.rs")) else { continue };
        shown.extend(room.lines().filter(|line| line.starts_with("pub mod ")).map(str::to_owned));
    }
    assert_eq!(shown, ["pub mod encoder;"]);
}

/// One command line makes the JavaScript of all: it must have the version of each.
#[test]
fn each_wasm_is_made_with_the_same_wasm_bindgen() {
    let locked = |folder: &str| {
        let lock = read(&format!("{folder}/Cargo.lock"));
        let (_, package) = lock.split_once("name = \"wasm-bindgen\"\n").unwrap();
        value(package, "version").unwrap().to_owned()
    };
    let own = locked(".");
    for folder in ["examples/decoder", "examples/page"] {
        assert_eq!(locked(folder), own, "{folder}");
    }
    assert!(
        read("Makefile").contains("WASM_BINDGEN_VERSION := $(shell sed -n "),
        "from Cargo.lock"
    );
}

#[test]
fn the_package_holds_what_a_user_needs_alone() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["package", "--list", "--allow-dirty", "--offline", "--manifest-path"]);
    let output = cargo.arg(Path::new(ROOT).join("Cargo.toml")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list = String::from_utf8(output.stdout).unwrap();
    let (sources, others): (Vec<_>, Vec<_>) =
        list.lines().partition(|file| file.starts_with("src/"));
    let others: BTreeSet<_> = others.into_iter().filter(|file| !file.starts_with('.')).collect();
    let expected = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "Cargo.toml.orig",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "examples/decode.rs",
    ];
    assert_eq!(others, BTreeSet::from(expected));
    assert!(sources.contains(&"src/lib.rs") && sources.contains(&"src/worker/mod.rs"));
    for file in sources {
        assert!(
            Path::new(file).extension() == Some("rs".as_ref()) && !file.contains("tests"),
            "{file}"
        );
    }
}

#[test]
fn the_oldest_rust_is_the_same_wherever_it_is_named() {
    let oldest = env!("CARGO_PKG_RUST_VERSION");
    assert_eq!(value(&read("benches/load/Cargo.toml"), "rust-version"), Some(oldest));
    assert!(read("README.md").contains(&format!("Rust {oldest} or newer")), "README: {oldest}");
}
