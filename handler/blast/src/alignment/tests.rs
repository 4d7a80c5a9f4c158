use super::*;
use crate::program::Program;

#[test]
fn nucleotides_have_bars_and_proteins_letters_and_plus_signs() {
    assert_eq!(midline(Program::Blastn, None, "ACGT-NRa", "ACCTA-RA"), "|| |  ||");
    assert_eq!(midline(Program::Blastp, Some("BLOSUM62"), "MKV-I*XUO", "MRI-V*XUK"), "M++ +*XU ");
    assert_eq!(midline(Program::Tblastx, None, "ILV*", "LLA-"), "+L  ");
}

#[test]
fn matrices_are_symmetric_and_known_by_the_names_of_the_options() {
    for row in crate::options::MATRICES {
        let matrix: Matrix = row.matrix.parse().unwrap();
        for &a in matrix::ORDER {
            for &b in matrix::ORDER {
                assert_eq!(matrix.score(a, b), matrix.score(b, a));
            }
        }
        assert!(matrix.score(b'W', b'w').unwrap() > matrix.score(b'W', b'A').unwrap());
        assert_eq!(matrix.score(b'U', b'C'), None);
    }
    assert_eq!("BLOSUM99".parse::<Matrix>(), Err(UnknownMatrix));
    assert_eq!(Matrix::Blosum62.score(b'W', b'W'), Some(11));
}
