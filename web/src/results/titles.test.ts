import { describe, expect, it } from 'vitest';
import { shownTitle, titleBeside } from './titles';

describe('titles', () => {
  it("leaves UniProt's fields out", () => {
    expect(shownTitle('Myoglobin OS=Physeter macrocephalus OX=9755 GN=MB')).toBe('Myoglobin');
  });
  it('leaves out an organism that stands beside it', () => {
    expect(titleBeside('Cypripedium calceolus 5.8S rRNA gene', 'Cypripedium calceolus')).toBe('5.8S rRNA gene');
    expect(titleBeside('myoglobin [Homo sapiens]', 'Homo sapiens')).toBe('myoglobin');
  });
  it('keeps a title that is only the organism, another name, or without an organism', () => {
    expect(titleBeside('Homo sapiens', 'Homo sapiens')).toBe('Homo sapiens');
    expect(titleBeside('[Homo sapiens]', 'Homo sapiens')).toBe('[Homo sapiens]');
    expect(titleBeside('Homo sapiensis gene', 'Homo sapiens')).toBe('Homo sapiensis gene');
    expect(titleBeside('gene', null)).toBe('gene');
  });
});
