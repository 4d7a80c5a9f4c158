// The few fields of a GenBank flat file that a sample database needs.
// Format: the GenBank release notes, section 3.4 (keywords start in column 1, values in column 13).

/** Records: `{ accession, definition, organism, taxid, strain, sequence }`; `taxid` is null where the file names none. */
export function parseGenbank(text) {
  return text
    .split(/^\/\/\s*$/m)
    .filter((entry) => entry.trim())
    .map(parseEntry);
}

function parseEntry(entry) {
  const taxid = entry.match(/\/db_xref="taxon:(\d+)"/);
  const origin = entry.search(/^ORIGIN/m);
  const accession = firstWord(field(entry, 'VERSION'));
  if (!accession || origin < 0) throw new Error('a GenBank record without VERSION or ORIGIN');
  return {
    accession,
    definition: field(entry, 'DEFINITION').replace(/\.$/, ''),
    organism: organismOf(entry),
    taxid: taxid ? Number(taxid[1]) : null,
    sequence: lettersAfterOrigin(entry.slice(origin)),
  };
}

// A keyword's value with its continuation lines, joined by blanks.
function field(entry, keyword) {
  const found = entry.match(new RegExp(`^${keyword} +(.*(?:\\n {12}.*)*)`, 'm'));
  return found ? found[1].replace(/\s*\n\s+/g, ' ').trim() : '';
}

// Only the first line: the lineage follows below it at the same indent.
function organismOf(entry) {
  const found = entry.match(/^ {2}ORGANISM +(.*)$/m);
  return found ? found[1].trim() : '';
}

function lettersAfterOrigin(text) {
  return text
    .replace(/^ORIGIN.*$/m, '')
    .replace(/[^a-zA-Z]/g, '')
    .toUpperCase();
}

function firstWord(text) {
  return text.split(/\s/, 1)[0];
}
