import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MAX_BYTES, takeFiles } from './files';

const file = (name: string, text: string | Uint8Array<ArrayBuffer>) => new File([text], name);

describe('chosen files', () => {
  it('are shown as text while they are small', async () => {
    expect(await takeFiles([file('a.fa', '>a\nACGT\n')])).toEqual({ text: '>a\nACGT\n' });
  });

  it('are joined with a line between', async () => {
    const taken = await takeFiles([file('a.fa', '>a\nACGT'), file('b.fa', '>b\nTTTT')]);
    expect(taken).toEqual({ text: '>a\nACGT\n>b\nTTTT\n' });
  });

  it('stay packed, and only their beginning is looked at', async () => {
    const record = `>name\n${'ACGT'.repeat(250)}\n`;
    const packed = new Uint8Array(gzipSync(record.repeat(2_000)));
    const taken = await takeFiles([file('many.fa.gz', packed)]);
    if (!('attached' in taken)) throw new Error('it was not attached');
    expect(taken.attached.whole).toBe(false);
    expect(taken.attached.sample.endsWith('\n')).toBe(true);
    expect(taken.attached.sample.length % record.length).toBe(0);
  });

  it('are refused with the reason', async () => {
    expect(await takeFiles([file('empty.fa', '')])).toEqual({ refused: 'empty.fa is empty.' });
    const broken = await takeFiles([file('broken.fa.gz', 'no gzip at all')]);
    expect(broken).toEqual({ refused: 'broken.fa.gz could not be unpacked: it is not a whole gzip file.' });
    const huge = Object.defineProperty(file('huge.fa', 'x'), 'size', { value: MAX_BYTES + 1 });
    expect(await takeFiles([huge])).toHaveProperty('refused');
  });
});
