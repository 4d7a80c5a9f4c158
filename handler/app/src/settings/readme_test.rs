//! The README's table of settings against the registry.

use super::registry;

const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- /settings -->";

#[test]
fn the_table_in_the_readme_is_what_the_registry_says() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let (_, rest) = text.split_once(BEGIN).unwrap();
    let (table, _) = rest.split_once(END).unwrap();
    let rows = registry::all().into_iter().map(|setting| {
        let (name, default, doc) = (setting.name, setting.default, setting.doc);
        format!("| `{name}` | {default} | {doc} |\n")
    });
    let wanted: String = std::iter::once("| setting | default | what it does |\n|---|---|---|\n".to_owned())
        .chain(rows)
        .collect();
    assert_eq!(table, wanted, "put what `handler settings` prints between the marks in README.md");
}
