// The stand-in cluster for `make run CLUSTER=standin`: an API server on this machine that plays ElasticBLAST and runs real
// BLAST+. All that the handler is told of it is a kubeconfig.

import path from 'node:path';
import { buildBinaries } from './build.mjs';
import { PROFILE, binary } from './paths.mjs';
import { Stop } from './say.mjs';

/** What a cluster is called there. */
const NAME = 'standin';

/** Faster than a real one, yet slow enough to be watched: setting up takes seconds instead of minutes. */
const TIME_SCALE = process.env.CLUSTER_TIME_SCALE || '4';

/** Whether `CLUSTER` asks for it. */
export function wanted() {
  const cluster = process.env.CLUSTER;
  if (cluster && cluster !== NAME) throw new Stop(`CLUSTER=${cluster}: only CLUSTER=${NAME} is known`, 2);
  return cluster === NAME;
}

/** Starts it beside an Azurite; gives its entry among `children` and the handler's settings for it. */
export async function startStandin(children, data, connection) {
  await buildBinaries([NAME], PROFILE);
  const kubeconfig = path.join(data, 'standin.kubeconfig');
  const faults = process.env.HISTORY ? ['--history', process.env.HISTORY] : [];
  const names = ['--context', NAME, '--cluster-name', NAME];
  const args = ['--azurite', connection, '--kubeconfig', kubeconfig, '--time-scale', TIME_SCALE, ...names, ...faults];
  const entry = children.start('standin', binary(NAME), args);
  const ended = entry.ended.then(({ code }) => {
    throw new Stop(`the stand-in cluster ended with code ${code} before it answered`);
  });
  const ready = new Promise((resolve) => {
    entry.lines.on('line', (line) => line.startsWith('kubeconfig ') && resolve());
  });
  await Promise.race([ready, ended]);
  return { entry, settings: settings(kubeconfig) };
}

// Names that a real installation takes from Azure; nobody looks them up here.
function settings(kubeconfig) {
  return {
    CLUSTER_KUBECONFIG: kubeconfig,
    CLUSTER_NAME: NAME,
    ELASTIC_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000',
    ELASTIC_RESOURCE_GROUP: NAME,
    ELASTIC_REGION: 'koreacentral',
    ELASTIC_IMAGE: 'standin.azurecr.io/elastic-blast:1',
    // The cluster is looked at often, so that a change in it is seen while somebody watches.
    RECONCILE_CRON: '*/10 * * * * *',
  };
}
