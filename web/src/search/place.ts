/** Where a line and a column (both 1-based) lie in a text, as an index. Past the end it is the end. */
export function placeOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const next = text.indexOf('\n', start);
    if (next < 0) return text.length;
    start = next + 1;
  }
  const end = text.indexOf('\n', start);
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end);
}

/** Selects the letter at a line and column of a text field and brings it into view. */
export function selectPlace(field: HTMLTextAreaElement, line: number, column: number): void {
  const at = placeOf(field.value, line, column);
  field.focus();
  field.setSelectionRange(at, Math.min(at + 1, field.value.length));
  const lines = field.value.split('\n').length;
  field.scrollTop = (field.scrollHeight * (line - 1)) / lines - field.clientHeight / 2;
}
