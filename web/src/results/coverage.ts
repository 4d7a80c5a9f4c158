import type { CoverageBin } from '../api/types';

/** Tick positions on a query: about seven round ones, none under the word for the end. */
export function ticksOf(letters: number): number[] {
  const rough = letters / 8;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const ticks = [1];
  for (let at = step; at < letters * 0.9; at += step) {
    if (at - 1 > letters * 0.06) ticks.push(at);
  }
  return ticks;
}

/** Most subjects at any place of the query. */
export const highest = (bins: CoverageBin[]): number =>
  Math.max(1, ...bins.map((bin) => bin.counts.reduce((sum, count) => sum + count, 0)));

/**
 * The area of one score class in the stacked figure, as a path over 0…`letters` × 0…`height`, strongest at the base.
 * `kind` is 0 (weakest) to 4.
 */
export function areaOf(bins: CoverageBin[], kind: number, height: number): string {
  const scale = height / highest(bins);
  const sum = (counts: number[], from: number) => counts.slice(from).reduce((total, count) => total + count, 0);
  let top = '';
  let bottom = '';
  for (const bin of bins) {
    const upper = height - sum(bin.counts, kind) * scale;
    const lower = height - sum(bin.counts, kind + 1) * scale;
    top += `L${bin.from - 1} ${upper}L${bin.to} ${upper}`;
    bottom = `L${bin.to} ${lower}L${bin.from - 1} ${lower}${bottom}`;
  }
  const area = `${top}${bottom}`;
  return area === '' ? '' : `M${area.slice(1)}Z`;
}
