import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wanted } from '../cluster-suite.mjs';

const HERE = new URL(import.meta.url).pathname;

test('a cluster has to be named by a file that is there', async () => {
  await assert.rejects(wanted({}), /KUBECONFIG=<file> names the cluster/);
  await assert.rejects(wanted({ KUBECONFIG: '/nowhere/at/all' }), /there is no such file/);
  await assert.rejects(wanted({ KUBECONFIG: '/' }), /there is no such file/);
});

test('a namespace has a name that Kubernetes takes', async () => {
  for (const NAMESPACE of ['Mine', 'a/b', '-a', 'a'.repeat(64)]) {
    await assert.rejects(wanted({ KUBECONFIG: HERE, NAMESPACE }), /no name of a namespace/);
  }
});

test('what was not given is left out', async () => {
  assert.deepEqual(await wanted({ KUBECONFIG: HERE, NAMESPACE: ' mine ', IMAGE: '' }), { KUBECONFIG: HERE, NAMESPACE: 'mine' });
});
