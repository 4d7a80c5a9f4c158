/**
 * A map of parts as one SVG path for each letter, in units of cells: runs of equal cells in a row are one rectangle, so
 * that thousands of finished parts are a few dozen.
 */
export function pathsOf(map: string, columns: number): Map<string, string> {
  const paths = new Map<string, string>();
  let start = 0;
  for (let at = 1; at <= map.length; at += 1) {
    const letter = map.charAt(start);
    if (at < map.length && map.charAt(at) === letter && at % columns !== 0) continue;
    const length = at - start;
    const rectangle = `M${start % columns} ${Math.floor(start / columns)}h${length}v1h-${length}z`;
    paths.set(letter, (paths.get(letter) ?? '') + rectangle);
    start = at;
  }
  return paths;
}
