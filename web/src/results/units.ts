const NUCLEOTIDE_QUERY = new Set(['blastn', 'blastx', 'tblastx']);
const NUCLEOTIDE_SUBJECT = new Set(['blastn', 'tblastn', 'tblastx']);

/** Unit of the query's letters: aa or nt. */
export const queryUnit = (program: string): string => (NUCLEOTIDE_QUERY.has(program) ? 'nt' : 'aa');

/** Unit of the subject's letters. */
export const subjectUnit = (program: string): string => (NUCLEOTIDE_SUBJECT.has(program) ? 'nt' : 'aa');
