/** A first guess from the letters, until the server has read the sequences. */
export function guessMolecule(text: string): 'nucleotide' | 'protein' | undefined {
  const letters = text
    .slice(0, 20_000)
    .split('\n')
    .filter((line) => !line.startsWith('>') && !line.startsWith(';'))
    .join('')
    .replace(/[^a-zA-Z]/g, '');
  if (letters.length === 0) return undefined;
  const nucleotides = letters.replace(/[^acgtunACGTUN]/g, '').length;
  return nucleotides / letters.length > 0.9 ? 'nucleotide' : 'protein';
}

/** Whether a text holds anything to search: a line that is no defline. */
export const hasLetters = (text: string): boolean => /^(?![>;])[^\S\n]*[^\s>;]/m.test(text);
