import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionString } from '../azurite.mjs';
import { databaseName } from '../databases.mjs';
import { freePort } from '../ports.mjs';

const NAMES = {
  '/data/my.fa': 'my',
  'plasmids.v2.fasta.gz': 'plasmids.v2',
  'my own (new) file.fna': 'my_own_new_file',
  'genomes (2).fa.gz': 'genomes_2',
  '..hidden..x.faa': 'hidden.x',
  'no-extension': 'no-extension',
  [`${'a'.repeat(100)}.fa`]: 'a'.repeat(64),
};

for (const [file, name] of Object.entries(NAMES)) {
  test(`${file.slice(0, 40)} makes a database name`, () => assert.equal(databaseName(file), name));
}

test('a file name without letters cannot name a database', () => {
  assert.throws(() => databaseName('___.fa'), /no letter or digit/);
});

test('the connection string names the three services', () => {
  const text = connectionString({ blob: 1, queue: 2, table: 3 });
  assert.match(text, /BlobEndpoint=http:\/\/127\.0\.0\.1:1\/devstoreaccount1;QueueEndpoint=.*:2\/.*;TableEndpoint=.*:3\//);
});

test('a port that is taken is not free', async () => {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  assert.equal(await freePort(server.address().port), null);
  await new Promise((resolve) => server.close(resolve));
});
