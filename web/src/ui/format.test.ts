import { describe, expect, it } from 'vitest';
import { bits, bytes, duration, evalue, evalueAscii, plural } from './format';
import { ago, dayOf } from './Time';

describe('numbers', () => {
  it('prints E-values as BLAST+ does, with a true minus sign', () => {
    expect(['0', '2.29e-181', '2.29e-80', '0.00123', '0.5', '3.21', '12.4'].map(evalue)).toEqual([
      '0.0',
      '0.0',
      '2e−80',
      '0.001',
      '0.50',
      '3.2',
      '12',
    ]);
    expect(evalueAscii(1e-5)).toBe('1e-05');
  });

  it('prints bit scores whole from 100 on', () => {
    expect([36.2, 99.9, 126.9, 2401].map(bits)).toEqual(['36.2', '99.9', '126', '2,401']);
  });

  it('has units', () => {
    expect([0, 999, 1_500, 86_155, 5_300_000_000].map(bytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.5 kB',
      '86 kB',
      '5.3 GB',
    ]);
    expect([400, 52_000, 72_000, 11_100_000].map(duration)).toEqual(['0.4 s', '52 s', '1m 12s', '3 h 05 min']);
    expect([plural(1, 'query', 'queries'), plural(2_000, 'query', 'queries')]).toEqual(['1 query', '2,000 queries']);
  });
});

describe('times', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');

  it('are relative, and a day when they are old', () => {
    expect(ago('2026-11-21T11:59:58Z', now)).toBe('just now');
    expect(ago('2026-11-21T11:46:00Z', now)).toBe('14 minutes ago');
    expect(ago('2026-11-20T09:00:00Z', now)).toBe('yesterday');
    expect(ago('2026-10-01T09:00:00Z', now)).toBe('1 Oct 2026');
  });

  it('leave a release that is no date as it is', () => {
    expect(dayOf('2014_09')).toBe('2014_09');
    expect(dayOf('2006-11-30')).toBe('30 Nov 2006');
  });
});
