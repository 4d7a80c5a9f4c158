use crate::chain::places::repository;
use std::fs;

/// The heading under which the README tells which test holds what.
const HEADING: &str = "## What a submission to a cluster was once done wrong";

#[test]
fn every_regression_that_the_readme_names_has_its_tests() {
    let readme = fs::read_to_string(repository().join("tests/README.md")).unwrap();
    let (_, section) = readme.split_once(HEADING).expect("the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut found = 0;
    for row in section.lines().filter(|line| line.contains(".rs` |")) {
        let mut names = row.split('`').skip(1).step_by(2);
        let file = names.next().expect("a file");
        let text =
            fs::read_to_string(repository().join(file)).unwrap_or_else(|_| panic!("{file} is not there"));
        for test in names {
            assert!(text.contains(&format!("fn {test}(")), "{file} has no test {test}");
            found += 1;
        }
    }
    assert!(found >= 11, "{found} tests are named");
}
