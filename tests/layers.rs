//! The house: which room of `src` may import from which, and how large its files may be.
//!
//! Tests and the fuzz targets' bodies are not looked at: a test may ask a higher room what becomes of a
//! value.

#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemMod, ItemUse, Macro, UseTree,
    spanned::Spanned,
    visit::{self, Visit},
};

/// The rooms, from the lowest to the highest. A room imports from those before it alone.
const ROOMS: [&str; 15] = [
    "base",
    "event_stream",
    "gzip",
    "topics",
    "tokens",
    "log",
    "hub",
    "publishing",
    "presence",
    "link",
    "settings",
    "http",
    "door",
    "web",
    "worker",
];

/// A file of `src`: the path of its module, such as `["hub", "audience"]`, and its text.
struct Source {
    file: String,
    module: Vec<String>,
    text: String,
}

impl Source {
    fn new(file: &str, text: &str) -> Self {
        let mut module: Vec<_> =
            file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
            module.pop();
        }
        Self { file: file.to_owned(), module, text: text.to_owned() }
    }

    fn room(&self) -> Option<usize> {
        let first = self.module.first()?;
        ROOMS.iter().position(|room| room == first)
    }
}

/// An import that one file has of another, with its line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Import {
    from: usize,
    to: usize,
    line: usize,
}

/// Collects the paths that a file names, each with its line. What is built for tests alone is left out.
struct Paths(Vec<(Vec<String>, usize)>);

impl Paths {
    fn add_use(&mut self, tree: &UseTree, mut path: Vec<String>) {
        match tree {
            UseTree::Path(segment) => {
                path.push(segment.ident.to_string());
                self.add_use(&segment.tree, path);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.add_use(item, path.clone()));
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.0.push((path, name.span().start().line));
            }
            UseTree::Rename(rename) => {
                path.push(rename.ident.to_string());
                self.0.push((path, rename.span().start().line));
            }
            UseTree::Glob(glob) => self.0.push((path, glob.span().start().line)),
        }
    }

    /// Macros are not parsed: each name in them that others follow by `::` may begin a path.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let (mut path, mut line, mut colons) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if path.is_empty() || colons == 2 => {
                    line = ident.span().start().line;
                    path.push(ident.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.add_macro_path(std::mem::take(&mut path), line);
                    colons = 0;
                    match other {
                        TokenTree::Ident(ident) => path.push(ident.to_string()),
                        TokenTree::Group(group) => self.add_tokens(group.stream()),
                        _ => {}
                    }
                }
            }
        }
        self.add_macro_path(path, line);
    }

    /// A keyword alone is that of a visibility.
    fn add_macro_path(&mut self, path: Vec<String>, line: usize) {
        if path.len() > 1 {
            self.0.push((path, line));
        }
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| {
                let of = list.tokens.to_string();
                of == "test" || of.starts_with("all (test") || of.starts_with("all(test")
            })
    })
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Mod(ItemMod { attrs, .. }) | Item::Use(ItemUse { attrs, .. }) => attrs,
            Item::Struct(item) => &item.attrs,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes: &[Attribute] = match item {
            ImplItem::Fn(item) => &item.attrs,
            _ => &[],
        };
        if !is_for_tests(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.add_use(&item.tree, Vec::new());
    }

    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.0.push((names, path.span().start().line));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, of: &'ast Macro) {
        self.add_tokens(of.tokens.clone());
        visit::visit_macro(self, of);
    }
}

/// The absolute path of a path that stands in a module, if it can lead to a file of this crate.
fn absolute(path: &[String], module: &[String]) -> Vec<String> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    match path.first().map(String::as_str) {
        Some("crate") => path[1..].to_vec(),
        Some("super") => {
            let above = &module[..module.len().saturating_sub(supers)];
            [above, &path[supers..]].concat()
        }
        Some("self") => [module, &path[1..]].concat(),
        // A child, or else a name that this file imports, which is looked at where it is imported.
        _ => [module, path].concat(),
    }
}

fn imports(sources: &[Source]) -> Vec<Import> {
    let modules: BTreeMap<_, _> =
        sources.iter().enumerate().map(|(at, source)| (source.module.clone(), at)).collect();
    let mut imports = BTreeSet::new();
    for (from, source) in sources.iter().enumerate() {
        let mut paths = Paths(Vec::new());
        paths.visit_file(&syn::parse_file(&source.text).unwrap());
        for (path, line) in paths.0 {
            let path = absolute(&path, &source.module);
            let to = (0..=path.len()).rev().find_map(|end| modules.get(&path[..end]));
            if let Some(&to) = to.filter(|to| **to != from) {
                imports.insert(Import { from, to, line });
            }
        }
    }
    imports.into_iter().collect()
}

/// The imports that lead upwards, as they are told.
fn upward(sources: &[Source]) -> Vec<String> {
    let told = |import: Import| {
        let (from, to) = (&sources[import.from], &sources[import.to]);
        let (low, high) = (from.room()?, to.room()?);
        (low < high).then(|| {
            let (low, high) = (ROOMS[low], ROOMS[high]);
            format!(
                "src/{}:{}: {low} imports {}, of the higher room {high}",
                from.file, import.line, to.file
            )
        })
    };
    imports(sources).into_iter().filter_map(told).collect()
}

/// The imports that are part of a circle, as they are told.
fn circles(sources: &[Source]) -> Vec<String> {
    let imports = imports(sources);
    let reached = |start: usize| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![start]);
        while let Some(at) = next.pop() {
            let of = imports.iter().filter(|import| import.from == at).map(|import| import.to);
            next.extend(of.filter(|to| seen.insert(*to)));
        }
        seen
    };
    let reached: Vec<_> = (0..sources.len()).map(reached).collect();
    let in_circle = |import: &&Import| reached[import.to].contains(&import.from);
    let told = |import: &Import| {
        let (from, to) = (&sources[import.from].file, &sources[import.to].file);
        format!("src/{from}:{}: {from} imports {to}, and {to} leads back to it", import.line)
    };
    imports.iter().filter(in_circle).map(told).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_test = ["tests", "fuzzing"].iter().any(|test| path.ends_with(test));
        if path.is_dir() && !is_test {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of `src` without those that are tests.
fn house() -> Vec<Source> {
    let sources: Vec<_> = files(&src())
        .into_iter()
        .filter(|file| !["tests.rs", "properties.rs"].iter().any(|test| file.ends_with(test)))
        .map(|file| {
            let name = file.strip_prefix(src()).unwrap().to_str().unwrap().to_owned();
            Source::new(&name, &fs::read_to_string(&file).unwrap())
        })
        .collect();
    assert!(sources.len() > 150, "{} files are too few to be the house", sources.len());
    sources
}

#[test]
fn no_room_imports_from_a_higher_one() {
    let upward = upward(&house());
    assert!(upward.is_empty(), "{}", upward.join("\n"));
}

#[test]
fn no_file_leads_back_to_itself() {
    let circles = circles(&house());
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

#[test]
fn every_folder_is_a_room_and_every_room_a_folder() {
    let entries = fs::read_dir(src()).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let names = folders.map(|folder| folder.file_name().into_string().unwrap());
    let rooms: BTreeSet<_> = names.filter(|name| name != "fuzzing").collect();
    assert_eq!(rooms, ROOMS.map(str::to_owned).into());
    for room in ROOMS {
        let text = fs::read_to_string(src().join(room).join("mod.rs")).unwrap();
        assert!(text.starts_with("//! "), "src/{room}/mod.rs does not say what the room is for");
    }
}

#[test]
fn the_architecture_has_a_heading_for_each_room_and_names_files_that_are_there() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md");
    let text = fs::read_to_string(file).unwrap();
    let headings = text.lines().filter_map(|line| line.strip_prefix("### `")?.split_once('`'));
    let rooms: Vec<_> = headings.map(|(room, _)| room.trim_end_matches('/')).collect();
    assert_eq!(rooms, ROOMS);
    assert!(text.lines().count() < 250);
    // Text in backquotes stands at each odd place.
    let quoted = text.split('`').skip(1).step_by(2).filter(|quoted| quoted.contains('/'));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_ours = |path: &&str| ["src/", "npm/", "tests/"].iter().any(|top| path.starts_with(top));
    let missing: Vec<_> = quoted.filter(is_ours).filter(|path| !root.join(path).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_root_is_small_and_no_file_is_long() {
    let at_root = fs::read_dir(src()).unwrap().filter(|entry| {
        entry.as_ref().unwrap().path().extension().is_some_and(|extension| extension == "rs")
    });
    assert!(at_root.count() <= 10);
    let root = fs::read_to_string(src().join("lib.rs")).unwrap();
    assert!(root.lines().count() <= 60, "lib.rs has {} lines", root.lines().count());
    assert!(root.lines().filter(|line| line.starts_with("pub mod ")).count() <= 8);
    let long: Vec<_> = files(&src())
        .into_iter()
        .map(|file| (fs::read_to_string(&file).unwrap().lines().count(), file))
        .filter(|(lines, _)| *lines > 400)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn an_import_of_a_higher_room_is_told_with_its_line() {
    let sources = |text: &str| {
        [
            Source::new("topics/topic.rs", "pub struct Topic;"),
            Source::new("hub/audience.rs", "use crate::topics::topic::Topic;"),
            Source::new("topics/selector.rs", text),
        ]
    };
    for text in [
        "use std::fmt;\nuse crate::{hub::audience::{self, Audience}, topics::topic::Topic};",
        "\nfn reads() { crate::hub::audience::read(); }",
        "\nfn reads() { println!(\"{}\", crate::hub::audience::READ); }",
        "\nuse super::super::hub::audience as other;",
    ] {
        let told = upward(&sources(text));
        assert_eq!(
            told,
            ["src/topics/selector.rs:2: topics imports hub/audience.rs, of the higher room hub"],
            "{text}"
        );
    }
    let tested = "#[cfg(test)]\nmod tests { use crate::hub::audience::Audience; }";
    assert!(upward(&sources(tested)).is_empty());
}

#[test]
fn a_circle_is_told_with_each_of_its_lines() {
    let sources = [
        Source::new("log/log.rs", "use super::window::Window;\nuse crate::log::kind::Kind;"),
        Source::new("log/window.rs", "use crate::log::history;"),
        Source::new("log/history.rs", "mod page;\nfn all() -> crate::log::log::Log {}"),
        Source::new("log/kind.rs", ""),
        Source::new("log/history/page.rs", "use super::super::kind::Kind;"),
    ];
    let told = circles(&sources);
    let lines = ["log/log.rs:1", "log/window.rs:1", "log/history.rs:2"];
    assert_eq!(told.len(), lines.len(), "{told:?}");
    assert!(lines.iter().all(|line| told.iter().any(|told| told.contains(line))), "{told:?}");
    let child = [
        Source::new("log/history.rs", "mod page;\nuse page::Page;"),
        Source::new("log/history/page.rs", "use super::History;"),
    ];
    assert_eq!(circles(&child).len(), 2);
}
