// Runs the whole system on this machine until Ctrl-C: Azurite, the local Functions host, the databases.
// Variables: PORT, DATA, FASTA, TRACE; CLUSTER=standin (with HISTORY and CLUSTER_TIME_SCALE); SAMPLES (a folder for fetched sample files, below DATA by default) and
// SCRIPT_ROOT (in place of the staged folder) for checks.

import { access, mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { declaredSamples } from '../samples/fetch.mjs';
import { startAzurite } from './azurite.mjs';
import { Children } from './children.mjs';
import { environment } from './command.mjs';
import { Loader } from './databases.mjs';
import { lock } from './lock.mjs';
import { DATA, ROOT, RUN_ROOT, SAMPLES, binary } from './paths.mjs';
import { freePort } from './ports.mjs';
import { Stop, say, whenCalled } from './say.mjs';
import { startStandin, wanted as standinWanted } from './standin.mjs';
import { until } from './until.mjs';

const DEFAULT_PORT = 7071;
const ANSWER_MS = 60_000;
const FIRST_SAMPLE_MS = 60_000;
const ORPHAN_CHECK_MS = 1_000;

await whenCalled(import.meta.url, async () => {
  const fasta = process.env.FASTA && path.resolve(process.env.FASTA);
  if (fasta) await access(fasta).catch(() => { throw new Stop(`FASTA=${process.env.FASTA}: no such file`, 2); });
  await mkdir(DATA, { recursive: true });
  const unlock = await lock(DATA);
  const children = new Children();
  const stopped = untilStopped();
  let code = 0;
  try {
    await Promise.race([stopped, serve(children, fasta)]);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    code = error.code;
  } finally {
    await children.stop();
    await unlock();
  }
  // What is still being awaited (an address that does not answer) will not come any more.
  process.exit(code);
});

// Ctrl-C, `kill`, a closed terminal, or the death of the process that started this one (make itself, for example).
function untilStopped() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && resolve(), ORPHAN_CHECK_MS).unref();
  });
}

// Ends only by an error: a program that ended by itself, or one that did not come up.
async function serve(children, fasta) {
  const trace = Boolean(process.env.TRACE);
  const port = await portToUse();
  const withCluster = standinWanted();
  const azurite = await startAzurite(children, DATA, trace);
  const standin = withCluster ? await startStandin(children, DATA, azurite.connection) : null;
  const env = { ...(await hostEnvironment(azurite.connection, trace)), ...standin?.settings };
  // Each part of a search keeps one core busy while BLAST+ runs, and none while it fetches and stores: with one instance
  // more than there are cores, no core waits.
  const instances = `task-blast-chunk=${availableParallelism() + 1}`;
  const host = children.start(
    'functions-local',
    binary('functions-local'),
    ['--port', String(port), '--root', RUN_ROOT, '--instances', instances],
    { env },
  );
  const first = Promise.race([azurite.entry.ended, host.ended, ...(standin ? [standin.entry.ended] : [])]);
  const failed = first.then(({ name, code }) => {
    if (!children.stopping) throw new Stop(`${name} ended with code ${code}`);
  });
  await Promise.race([failed, bringUp(children, host, env, fasta)]);
  await failed;
}

async function portToUse() {
  const wanted = process.env.PORT === undefined || process.env.PORT === '' ? DEFAULT_PORT : Number(process.env.PORT);
  const port = Number.isInteger(wanted) && wanted >= 0 && wanted < 65536 ? await freePort(wanted) : null;
  if (port === null) throw new Stop(`port ${process.env.PORT || DEFAULT_PORT} cannot be used; give another one: make run PORT=${DEFAULT_PORT + 1}`, 2);
  return port;
}

// The sample settings under what the environment says: a package has no settings of its own.
async function hostEnvironment(connection, trace) {
  const { Values: sample } = JSON.parse(await readFile(path.join(ROOT, 'local.settings.sample.json'), 'utf8'));
  return {
    ...sample,
    ...environment(),
    AzureWebJobsStorage: connection,
    CACHE_DIR: path.join(DATA, 'cache'),
    SCRATCH_DIR: path.join(DATA, 'scratch'),
    ...(trace ? { LOG_LEVEL: 'debug', RUST_LOG: 'debug' } : {}),
  };
}

async function bringUp(children, host, env, fasta) {
  const url = await pageAddress(host);
  const loader = new Loader(children, path.join(RUN_ROOT, 'handler'), env);
  say(`${url} answers; databases are being loaded`);
  if (fasta) await loader.own(fasta);
  // The first sample is there within seconds, and the rest goes on while the page is in use; a slow mirror holds nobody up.
  let announced = false;
  const ready = () => {
    if (!announced && !children.stopping) say(`ready ${url}`);
    announced = true;
  };
  const late = setTimeout(ready, FIRST_SAMPLE_MS);
  const { databases } = await declaredSamples();
  await loader.samples(SAMPLES, databases, ready);
  clearTimeout(late);
  ready();
}

// The host says where it listens; the page is there when the handler behind it answers.
async function pageAddress(host) {
  const url = await new Promise((resolve) => {
    host.lines.on('line', (line) => {
      const found = line.match(/^ready (http:\S+)/);
      if (found) resolve(found[1]);
      else console.log(line);
    });
  });
  const answers = () => fetch(url).then((response) => response.ok, () => false);
  await until(answers, ANSWER_MS, `${url} shows the page`);
  return url;
}
