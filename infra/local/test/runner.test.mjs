// How the runner image puts BLAST+'s options together.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../paths.mjs';

const SCRIPT = path.join(ROOT, 'infra/runner/options.sh');

function split(options) {
  const print = `source "$1"; printf '%s\\n' "\${options[@]}"`;
  const env = { ...process.env, ELB_BLAST_OPTIONS: options };
  return execFileSync('bash', ['-c', print, 'bash', SCRIPT], { env, encoding: 'utf8' }).split('\n').slice(0, -1);
}

test('the words of -outfmt are one argument wherever it stands', () => {
  assert.deepEqual(split('-evalue 0.05 -outfmt 7 std staxids -max_target_seqs 5'), [
    '-evalue', '0.05', '-outfmt', '7 std staxids', '-max_target_seqs', '5',
  ]);
  assert.deepEqual(split('-outfmt 7 qaccver stitle'), ['-outfmt', '7 qaccver stitle']);
  assert.deepEqual(split('-outfmt 11'), ['-outfmt', '11']);
});

test('negative numbers are values, and nothing is expanded', () => {
  assert.deepEqual(split('-penalty -3 -reward 2'), ['-penalty', '-3', '-reward', '2']);
  assert.deepEqual(split('-task * -dust $HOME'), ['-task', '*', '-dust', '$HOME']);
});
