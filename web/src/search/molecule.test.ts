import { describe, expect, it } from 'vitest';
import { guessMolecule, hasLetters } from './molecule';

describe('what is pasted', () => {
  it('is guessed by its letters, not by its names', () => {
    expect(guessMolecule('>MKVLAAGIVGLCAKAY\nACGTACGTNNACGU')).toBe('nucleotide');
    expect(guessMolecule('>ACGT\nMKVLAAGIVGLCAKAY')).toBe('protein');
    expect(guessMolecule('>only a name\n\n')).toBeUndefined();
  });

  it('is nothing to search while there are only names and blanks', () => {
    expect(hasLetters('')).toBe(false);
    expect(hasLetters('>a\n>b\n   \n')).toBe(false);
    expect(hasLetters('ACGT')).toBe(true);
    expect(hasLetters('>a\n  ACGT')).toBe(true);
  });
});
