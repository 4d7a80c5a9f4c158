// The cluster suite on any cluster: `make test-cluster KUBECONFIG=<file>`, with NAMESPACE and IMAGE where they differ.

import { stat } from 'node:fs/promises';
import path from 'node:path';
import { command } from './command.mjs';
import { ROOT } from './paths.mjs';
import { Stop, say, whenCalled } from './say.mjs';

const TEST = 'a_cluster_that_a_kubeconfig_leads_to';
// A label of Kubernetes (RFC 1123), which a namespace's name is.
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

await whenCalled(import.meta.url, async () => {
  const asked = await wanted(process.env);
  const args = ['test', '--locked', '--quiet', '-p', 'blastline-tests', '--test', 'cluster', '--'];
  const { code, output } = await command('cargo', [...args, TEST, '--exact', '--ignored', '--nocapture'], {
    cwd: ROOT,
    env: { ...asked, RUST_BACKTRACE: '0' },
    keep: true,
    silent: true,
  });
  for (const line of output.split('\n').filter((text) => / (ok|FAILED)$| checks, \d+ failed; /.test(text))) say(line);
  if (code !== 0) throw new Stop('the cluster is not what searches need', 1);
});

/** What was asked for, checked: `{ KUBECONFIG, NAMESPACE, IMAGE }`, the last two left out where they were not given. */
export async function wanted(env) {
  const given = (name) => (env[name] ?? '').trim();
  const kubeconfig = given('KUBECONFIG');
  if (kubeconfig === '') throw new Stop('KUBECONFIG=<file> names the cluster: make test-cluster KUBECONFIG=~/.kube/config', 2);
  const file = path.resolve(kubeconfig);
  if (!(await stat(file).then((found) => found.isFile(), () => false))) throw new Stop(`KUBECONFIG=${kubeconfig}: there is no such file`, 2);
  const namespace = given('NAMESPACE');
  if (namespace !== '' && !LABEL.test(namespace)) throw new Stop(`NAMESPACE=${namespace}: no name of a namespace`, 2);
  const more = Object.entries({ NAMESPACE: namespace, IMAGE: given('IMAGE') }).filter(([, text]) => text !== '');
  return { KUBECONFIG: file, ...Object.fromEntries(more) };
}
