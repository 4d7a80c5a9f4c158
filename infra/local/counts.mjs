// How many tests a runner says have passed and failed, from what it printed last.

const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

// Each gives `{ passed, failed }` summed over its matches.
const SUMMARIES = [
  // cargo nextest: `Summary [ 1.2s] 34 tests run: 33 passed (1 slow), 1 failed, 2 skipped`
  { line: /Summary \[.*?tests? run: (.*)$/gm, passed: /(\d+) passed/, failed: /(\d+) (?:failed|timed out)/ },
  // cargo test: `test result: ok. 12 passed; 0 failed; …`
  { line: /^test result: (.*)$/gm, passed: /(\d+) passed/, failed: /(\d+) failed/ },
  // vitest: `      Tests  1 failed | 12 passed (13)`
  { line: /^\s*Tests\s+(.*)$/gm, passed: /(\d+) passed/, failed: /(\d+) failed/ },
  // Ours: `12 passed, 0 failed`
  { line: /^(\d+ passed, \d+ failed)$/gm, passed: /(\d+) passed/, failed: /(\d+) failed/ },
];
// node --test: `# pass 11` and `# fail 0`, with `ℹ` in place of `#` at a terminal.
const NODE_PASS = /^[#ℹ] pass (\d+)$/gm;
const NODE_FAIL = /^[#ℹ] fail (\d+)$/gm;

/** `{ passed, failed }`, or null when no summary was found. */
export function countsIn(output) {
  const text = output.replace(ANSI, '');
  for (const { line, passed, failed } of SUMMARIES) {
    const lines = [...text.matchAll(line)].map((match) => match[1]);
    if (lines.length > 0) return { passed: sum(lines, passed), failed: sum(lines, failed) };
  }
  if (!text.match(NODE_PASS)) return null;
  return { passed: total(text, NODE_PASS), failed: total(text, NODE_FAIL) };
}

function sum(lines, pattern) {
  return lines.reduce((soFar, line) => soFar + Number(line.match(pattern)?.[1] ?? 0), 0);
}

function total(text, pattern) {
  return [...text.matchAll(pattern)].reduce((soFar, match) => soFar + Number(match[1]), 0);
}
