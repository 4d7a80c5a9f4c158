// Azurite with its state below the data folder.

import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { answers, rememberedPorts } from './ports.mjs';
import { Stop } from './say.mjs';
import { azuriteProgram } from './tools.mjs';
import { until } from './until.mjs';

const SERVICES = ['blob', 'queue', 'table'];
const START_MS = 60_000;
// The account and key that every Azurite knows: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
const ACCOUNT = 'devstoreaccount1';
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Azurite and waits until it answers; gives its entry among `children` and a connection string. */
export async function startAzurite(children, data, trace) {
  const location = path.join(data, 'azurite');
  await mkdir(location, { recursive: true });
  const ports = await rememberedPorts(path.join(data, 'ports.json'), SERVICES);
  const args = ['--silent', '--disableTelemetry', '--skipApiVersionCheck', '--location', location];
  for (const service of SERVICES) args.push(`--${service}Port`, String(ports[service]));
  if (trace) args.push('--debug', path.join(location, 'debug.log'));
  const entry = children.start('Azurite', azuriteProgram(), args);
  const listening = async () => (await Promise.all(SERVICES.map((service) => answers(ports[service])))).every(Boolean);
  const ended = entry.ended.then(({ code }) => {
    throw new Stop(`Azurite ended with code ${code} before it answered; \`make run TRACE=1\` writes ${location}/debug.log`);
  });
  await Promise.race([until(listening, START_MS, 'Azurite answers'), ended]);
  return { entry, connection: connectionString(ports) };
}

/** The connection string of an Azurite on these ports. */
export function connectionString(ports) {
  const endpoints = SERVICES.map((service) => {
    const name = `${service[0].toUpperCase()}${service.slice(1)}Endpoint`;
    return `${name}=http://127.0.0.1:${ports[service]}/${ACCOUNT}`;
  });
  return ['DefaultEndpointsProtocol=http', `AccountName=${ACCOUNT}`, `AccountKey=${KEY}`, ...endpoints].join(';');
}
