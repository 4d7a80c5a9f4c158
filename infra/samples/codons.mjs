// Translation by the standard genetic code and rewriting of a gene in other codons for the same protein.

const BASES = 'TCAG';
const AMINO_ACIDS = 'FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG';

const CODE = new Map();
const SYNONYMS = new Map();
for (let i = 0; i < 64; i += 1) {
  const codon = BASES[i >> 4] + BASES[(i >> 2) & 3] + BASES[i & 3];
  CODE.set(codon, AMINO_ACIDS[i]);
  SYNONYMS.set(AMINO_ACIDS[i], [...(SYNONYMS.get(AMINO_ACIDS[i]) ?? []), codon]);
}

/** The protein of a coding sequence, to its first stop codon; letters other than ACGT give `X`. */
export function translate(dna) {
  let protein = '';
  for (let at = 0; at + 3 <= dna.length; at += 3) {
    const aminoAcid = CODE.get(dna.slice(at, at + 3).toUpperCase()) ?? 'X';
    if (aminoAcid === '*') break;
    protein += aminoAcid;
  }
  return protein;
}

/** The same protein in other codons: for each amino acid the synonym that differs most, ties by `random`. */
export function recode(dna, random) {
  let out = '';
  for (let at = 0; at + 3 <= dna.length; at += 3) {
    const codon = dna.slice(at, at + 3).toUpperCase();
    const synonyms = SYNONYMS.get(CODE.get(codon)) ?? [codon];
    const most = Math.max(...synonyms.map((other) => differences(codon, other)));
    const best = synonyms.filter((other) => differences(codon, other) === most);
    out += best[Math.floor(random() * best.length)];
  }
  return out;
}

function differences(a, b) {
  return [0, 1, 2].filter((i) => a[i] !== b[i]).length;
}

/** The open reading frame whose protein starts with `start`: `{ from, to, dna, protein }`, 1-based, stop included. */
export function geneOf(genome, start) {
  const text = genome.toUpperCase();
  for (let from = text.indexOf('ATG'); from >= 0; from = text.indexOf('ATG', from + 1)) {
    if (translate(text.slice(from, from + 3 * start.length)) !== start) continue;
    const protein = translate(text.slice(from));
    const to = from + 3 * (protein.length + 1);
    return { from: from + 1, to, dna: text.slice(from, to), protein };
  }
  return null;
}
