// Where things are. Everything else asks here, so that `DATA=` and `CARGO_TARGET_DIR=` hold everywhere.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');
/** Where cargo writes. */
export const CARGO_TARGET = path.resolve(ROOT, process.env.CARGO_TARGET_DIR || 'target');
/** What the scripts write: the script root, the package, reports. */
export const OUT = path.join(ROOT, 'target');
/** The script root that `run`, `package` and `func start` use. */
export const APP = path.join(OUT, 'app');
/** The script root that is run: the staged one, or that of an unpacked package. */
export const RUN_ROOT = path.resolve(process.env.SCRIPT_ROOT || APP);
/** The zip that Azure takes. */
export const PACKAGE = path.join(OUT, 'blastline.zip');
/** The page's sources. */
export const WEB = path.join(ROOT, 'web');
/** Azurite; shared by all data folders. */
export const TOOLS = path.join(ROOT, '.local', 'tools');
/** All state of `make run`; may be given relative to where make was called. */
export const DATA = path.resolve(process.env.DATA || path.join(ROOT, '.local'));
/** Fetched sample files; may be shared by several data folders. */
export const SAMPLES = path.resolve(process.env.SAMPLES || path.join(DATA, 'samples'));
/** Cargo profile of what is built and staged. */
export const PROFILE = process.env.PROFILE || 'dev';

/** A binary of ours, as cargo builds it with `profile`. */
export function binary(name, profile = PROFILE) {
  const folder = profile === 'dev' || profile === 'test' ? 'debug' : profile;
  return path.join(CARGO_TARGET, folder, name);
}

/** A path as a person would type it from the repository. */
export function shown(file) {
  const relative = path.relative(ROOT, file);
  return relative.startsWith('..') ? file : relative || '.';
}
