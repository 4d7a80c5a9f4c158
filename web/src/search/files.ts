import { bytes } from '../ui/format';

/** The service takes requests up to 100 MiB: 100 MB and the form around the file. */
export const MAX_BYTES = 100_000_000;

/** Files up to this size are shown in the text field, where they can be edited. */
const EDITABLE_BYTES = 512 * 1024;

/** How much of a large file is sent to be looked at before the search. */
const SAMPLE_BYTES = 256 * 1024;

/** Sequences that stay in a file: too large or packed, so that they are not shown as text. */
export interface Attached {
  file: File;
  /** The beginning of the file, unpacked, cut at a sequence where possible. */
  sample: string;
  /** Whether the sample is the whole file. */
  whole: boolean;
}

/** What choosing files gave: text for the field, a file beside it, or a reason why not. */
export type Taken = { text: string } | { attached: Attached } | { refused: string };

const isGzip = (file: File): boolean => /\.gz$/i.test(file.name) || file.type === 'application/gzip';

/** Reads at most `limit` bytes of a stream as text. */
async function head(stream: ReadableStream<Uint8Array>, limit: number): Promise<{ text: string; whole: boolean }> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), whole: true };
    text += decoder.decode(value, { stream: true });
    size += value.byteLength;
    if (size >= limit) {
      await reader.cancel();
      return { text, whole: false };
    }
  }
}

/** Cuts a sample so that its last sequence is not half of one, where it holds several. */
function cut(text: string, whole: boolean): string {
  if (whole) return text;
  const last = text.lastIndexOf('\n>');
  return last > 0 ? text.slice(0, last + 1) : text.slice(0, text.lastIndexOf('\n') + 1) || text;
}

async function attach(file: File): Promise<Taken> {
  const plain = file.stream() as ReadableStream<Uint8Array>;
  const stream = isGzip(file)
    ? plain.pipeThrough(new DecompressionStream('gzip') as unknown as ReadableWritablePair<Uint8Array, Uint8Array>)
    : plain;
  try {
    const sample = await head(stream, SAMPLE_BYTES);
    return { attached: { file, sample: cut(sample.text, sample.whole), whole: sample.whole } };
  } catch {
    return { refused: `${file.name} could not be unpacked: it is not a whole gzip file.` };
  }
}

/** Takes the files that a person chose or dropped. */
export async function takeFiles(files: File[]): Promise<Taken> {
  const [first, ...rest] = files;
  if (!first) return { refused: 'No file was chosen.' };
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size === 0) return { refused: `${first.name} is empty.` };
  if (size > MAX_BYTES) {
    return {
      refused: `${bytes(size)} is more than the ${bytes(MAX_BYTES)} that one search can take. Packed with gzip it may fit.`,
    };
  }
  if (rest.length === 0) {
    if (isGzip(first) || size > EDITABLE_BYTES) return attach(first);
    return { text: await first.text() };
  }
  if (files.some(isGzip))
    return { refused: 'Several packed files cannot be joined here. Choose one .gz file, or plain files.' };
  const parts = files.flatMap((file) => [file, '\n']);
  if (size <= EDITABLE_BYTES) return { text: await new Blob(parts).text() };
  return attach(new File(parts, `${files.length}-files.fasta`, { type: 'text/plain' }));
}

/** A text too long for the field becomes a file. */
export const textAsFile = (text: string): Promise<Taken> =>
  takeFiles([new File([text], 'pasted.fasta', { type: 'text/plain' })]);

/** Whether a pasted text is too long to be edited in the field. */
export const isLongText = (text: string): boolean => text.length > EDITABLE_BYTES;
