// The whole path in a real browser, against a system of its own.

import path from 'node:path';
import { counted } from './counted.mjs';
import { withInstance } from './instance.mjs';
import { installPackages } from './npm.mjs';
import { ROOT, SAMPLES } from './paths.mjs';
import { chromeProgram } from './tools.mjs';

const FOLDER = path.join(ROOT, 'tests', 'browser');
const PATH = path.join(FOLDER, 'path.mjs');

/** Starts the system, walks the path, and gives `{ passed, failed, skipped }`. */
export async function browserPath() {
  await installPackages(FOLDER, 'the browser test');
  const chrome = await chromeProgram();
  return withInstance({ SAMPLES }, (address) =>
    counted('node', [PATH], { one: true, cwd: ROOT, env: { BASE_URL: address, CHROME: chrome ?? '' } }),
  );
}
