// Numbers and words as the page says them: minus signs are U+2212, every number has its unit.

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** A whole number with thousands separators. */
export const count = (value: number): string => whole.format(value);

/** `1 hit`, `2 hits`. */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in bytes, with at most one decimal. */
export function bytes(value: number): string {
  let size = value;
  let unit = 0;
  while (size >= 999.5 && unit < SIZES.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${unit > 0 && size < 9.95 ? size.toFixed(1) : whole.format(size)} ${SIZES[unit]}`;
}

/** A large count in words: 9.1 million. */
export function roughly(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} billion`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`;
  return count(value);
}

/** A time span: 0.4 s, 52 s, 1m 12s, 3 h 05 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms / 1_000);
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 3_600) return `${Math.floor(rounded / 60)}m ${String(rounded % 60).padStart(2, '0')}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

const MOLECULE_UNITS: Record<string, string> = { protein: 'aa', nucleotide: 'nt' };

/** Unit of a molecule's letters: aa or nt. */
export const unitOf = (molecule: string): string => MOLECULE_UNITS[molecule] ?? 'letters';

/** Swaps the ASCII hyphen of a number for the minus sign that the page shows. */
export const minus = (text: string): string => text.replace(/-/g, '−');

/**
 * An E-value as BLAST+'s text report prints it (0.0 below 1e-180, one digit for small ones), with a true minus sign.
 * `value` may carry more digits, as tables do.
 */
export function evalue(value: string | number): string {
  return minus(evalueAscii(value));
}

/** The same in ASCII, for text that is copied. */
export function evalueAscii(value: string | number): string {
  const number = typeof value === 'number' ? value : Number(value);
  if (Number.isNaN(number)) return String(value);
  if (number < 1e-180) return '0.0';
  if (number < 0.0009) return exponent(number);
  if (number < 0.1) return number.toFixed(3);
  if (number < 1) return number.toFixed(2);
  if (number < 10) return number.toFixed(1);
  return number.toFixed(0);
}

/** One digit and an exponent of at least two digits, as C's `%.0e` prints it. */
function exponent(value: number): string {
  const [digit, power] = value.toExponential(0).split('e');
  const sign = power?.startsWith('-') ? '-' : '+';
  return `${digit}e${sign}${(power ?? '0').replace(/^[+-]/, '').padStart(2, '0')}`;
}

/** A bit score as BLAST+ prints it: whole from 100 on, one decimal below. */
export function bits(value: number): string {
  return value > 99.9 ? whole.format(Math.trunc(value)) : value.toFixed(1);
}

/** A share that is already in percent. */
export const percent = (value: number, digits = 0): string => `${value.toFixed(digits)} %`;

/** Capital first letter. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
