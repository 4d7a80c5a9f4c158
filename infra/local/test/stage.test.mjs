// The staged script root, as `make stage` has left it, against the sources and the handler's own registry.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { APP, ROOT } from '../paths.mjs';

const read = (...parts) => JSON.parse(readFileSync(path.join(...parts), 'utf8'));
const functions = readdirSync(path.join(ROOT, 'functions'));

test('the script root holds every function, and each in an immediate sub-directory', () => {
  const staged = readdirSync(APP).filter((name) => statSync(path.join(APP, name), { throwIfNoEntry: false })?.isDirectory());
  assert.deepEqual(staged.filter((name) => name !== 'web').sort(), [...functions].sort());
  for (const name of functions) {
    assert.deepEqual(read(APP, name, 'function.json'), read(ROOT, 'functions', name, 'function.json'));
  }
});

test('the script root holds the host settings, the page and an executable handler', () => {
  assert.deepEqual(read(APP, 'host.json'), read(ROOT, 'host.json'));
  assert.match(readFileSync(path.join(APP, 'web', 'index.html'), 'utf8'), /<html/);
  const { defaultExecutablePath } = read(APP, 'host.json').customHandler.description;
  assert.ok(statSync(path.join(APP, defaultExecutablePath)).mode & 0o100);
});

test('every key of the sample settings is in the settings registry', () => {
  const registry = JSON.parse(execFileSync(path.join(APP, 'handler'), ['settings', '--json'], { encoding: 'utf8' }));
  const known = new Set(registry.map((setting) => setting.name));
  const keys = Object.keys(read(ROOT, 'local.settings.sample.json').Values);
  assert.deepEqual(keys.filter((key) => !known.has(key)), []);
});

test('the catch-all route is that of the function whose name sorts last', () => {
  const routeOf = (name) => read(ROOT, 'functions', name, 'function.json').bindings[0].route;
  const web = functions.filter((name) => routeOf(name) !== undefined).sort();
  assert.equal(routeOf(web.at(-1)), '{*path}');
  for (const name of web.slice(0, -1)) assert.match(routeOf(name), /^api\//);
});

test('each task function has one queue trigger and the history output', () => {
  for (const name of functions.filter((one) => one.startsWith('task-'))) {
    const { bindings } = read(ROOT, 'functions', name, 'function.json');
    assert.equal(bindings.filter((one) => one.type === 'queueTrigger').length, 1, name);
    const tables = bindings.filter((one) => one.type === 'table');
    assert.deepEqual(tables.map((one) => [one.direction, one.name, one.tableName]), [['out', 'history', 'jobhistory']], name);
  }
});
