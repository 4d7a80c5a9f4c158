// FASTA text to records and back; small inputs (a few megabytes), so whole strings are fine.

/** Records of a FASTA text: `{ header, sequence }`, the header without `>`, the sequence without line breaks. */
export function parseFasta(text) {
  const records = [];
  let lines = null;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('>')) {
      lines = [];
      records.push({ header: line.slice(1).trim(), lines });
    } else if (line.trim() && lines) {
      lines.push(line.trim());
    } else if (line.trim()) {
      throw new Error('the file does not start with a FASTA header');
    }
  }
  return records.map(({ header, lines: parts }) => ({ header, sequence: parts.join('') }));
}

/** FASTA text of records, sequences wrapped at 70 letters. */
export function writeFasta(records) {
  return records.map(({ header, sequence }) => `>${header}\n${wrap(sequence)}`).join('');
}

function wrap(sequence) {
  let out = '';
  for (let at = 0; at < sequence.length; at += 70) out += `${sequence.slice(at, at + 70)}\n`;
  return out;
}

/** The id of a record: the first word of its header. */
export function idOf(record) {
  return record.header.split(/\s/, 1)[0];
}
