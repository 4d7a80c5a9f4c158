//! What `blastdbcmd -info` says of a database.

/// Sequences and letters, from a line such as `25,544 sequences; 28,544,069 total bases`.
pub(super) fn sizes(said: &str) -> Option<(u64, u64)> {
    said.lines().find_map(|line| {
        let (sequences, letters) = line.trim().split_once(';')?;
        let sequences = number(sequences.trim(), &["sequences", "sequence"])?;
        Some((sequences, number(letters.trim(), &["total bases", "total residues", "total letters"])?))
    })
}

fn number(text: &str, units: &[&str]) -> Option<u64> {
    let digits = units.iter().find_map(|unit| text.strip_suffix(unit))?;
    digits.trim().replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::sizes;

    #[test]
    fn sizes_are_read_from_both_kinds_of_databases() {
        let said = "Database: my; title\n\t25,544 sequences; 28,544,069 total bases\n\nDate: Nov 21, 2026\n";
        assert_eq!(sizes(said), Some((25_544, 28_544_069)));
        assert_eq!(sizes("\t1 sequences; 7 total residues\n"), Some((1, 7)));
        assert_eq!(sizes("Database: x\n"), None);
        assert_eq!(sizes("\tmany sequences; 7 total residues\n"), None);
    }
}
