import type { OutfmtChoice } from '../api/types';

const NAMES: Record<string, string> = {
  tsv: 'tables',
  csv: 'CSV',
  jsonl: 'JSON lines',
  outfmt6: 'format 6',
  outfmt7: 'format 7',
  archive: 'the BLAST archive',
  result_file: 'what BLAST+ wrote, in one file',
};

/** What a format number stands for where its label alone does not tell. */
const REPORTS = [
  'pairwise alignments',
  'query-anchored, with identities',
  'query-anchored, without identities',
  'flat query-anchored, with identities',
  'flat query-anchored, without identities',
];

const list = (words: string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const named = (downloads: string[]): string => list(downloads.map((download) => NAMES[download] ?? download));

/** What can be had afterwards, in words. */
export function gives(outfmt: OutfmtChoice): string {
  const page = outfmt.shown_in_page ? 'Hits and alignments on the page; downloads: ' : 'Downloads: ';
  return `${page}${named(outfmt.gives)}.`;
}

/** What cannot be had afterwards, in words; empty where nothing is lost. */
export function rulesOut(outfmt: OutfmtChoice): string {
  const page = outfmt.shown_in_page ? [] : ['hits on the page'];
  const lost = [...page, ...outfmt.rules_out.map((download) => NAMES[download] ?? download)];
  return lost.length === 0 ? '' : `Not possible with this choice: ${list(lost)}.`;
}

/** The name of a format in a list. */
export function formatName(outfmt: OutfmtChoice): string {
  const report = outfmt.label.startsWith('A report') ? REPORTS[outfmt.number] : undefined;
  return report ? `${outfmt.label}: ${report}` : outfmt.label;
}
