/**
 * A subject's title as the page shows it: UniProt's fields after the name (OS=, OX=, GN=, PE=, SV=) are left out, because
 * the organism has its own column. Copies and downloads keep the title whole.
 */
export function shownTitle(title: string): string {
  const short = title.replace(/\s+OS=.*$/, '').trim();
  return short === '' ? title : short;
}
