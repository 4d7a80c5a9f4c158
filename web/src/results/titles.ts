/**
 * A subject's title as the page shows it: UniProt's fields after the name (OS=, OX=, GN=, PE=, SV=) are left out, because
 * the organism has its own column. Copies and downloads keep the title whole.
 */
export function shownTitle(title: string): string {
  const short = title.replace(/\s+OS=.*$/, '').trim();
  return short === '' ? title : short;
}

/** The title of a hit whose organism stands beside it: the same name before or after the title is left out. */
export function titleBeside(title: string, organism: string | null | undefined): string {
  const shown = shownTitle(title);
  if (!organism) return shown;
  const rest = shown.startsWith(`${organism} `)
    ? shown.slice(organism.length).trim()
    : shown.endsWith(` [${organism}]`)
      ? shown.slice(0, -organism.length - 2).trim()
      : shown;
  return rest === '' ? shown : rest;
}
