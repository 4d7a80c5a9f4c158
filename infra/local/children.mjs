// Long-running programs, none of which may outlive this script.
// Each has a session of its own, so that Ctrl-C at the terminal reaches this script alone, which stops them in order.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { environment } from './command.mjs';

const WATCHER = fileURLToPath(new URL('watcher.sh', import.meta.url));
const PATIENCE_MS = 30_000;

/** The programs that are running. */
export class Children {
  #watcher = spawn('sh', [WATCHER], { stdio: ['pipe', 'ignore', 'inherit'], detached: true });
  #running = [];
  #stopping = false;

  constructor() {
    // A watcher that is gone breaks the pipe; the programs are stopped by this script all the same.
    this.#watcher.stdin.on('error', () => {});
  }

  /**
   * Starts a program: `{ name, lines, ended }` with the lines of its standard output (listen or iterate at once)
   * and a promise of `{ name, code }`; standard error goes to the terminal. With `group` it is stopped with its own children.
   */
  start(name, program, args, { env, cwd, group = false } = {}) {
    const child = spawn(program, args, {
      cwd,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const ended = new Promise((resolve) => {
      child.on('error', () => resolve({ name, code: 127 }));
      child.on('exit', (code, signal) => resolve({ name, code: code ?? signal }));
    });
    const entry = { name, child, group, ended, lines: createInterface({ input: child.stdout }) };
    if (child.pid) {
      this.#running.push(entry);
      this.#watcher.stdin.write(`+${child.pid}\n`);
      ended.then(() => this.#forget(entry));
    }
    return entry;
  }

  /** Whether everything is being stopped. */
  get stopping() {
    return this.#stopping;
  }

  #forget(entry) {
    this.#running = this.#running.filter((other) => other !== entry);
    this.#watcher.stdin.write(`-${entry.child.pid}\n`);
  }

  /** Stops all, the last started first, and waits for each. */
  async stop() {
    this.#stopping = true;
    for (const entry of [...this.#running].reverse()) {
      send(entry, 'SIGTERM');
      const late = setTimeout(() => send(entry, 'SIGKILL'), PATIENCE_MS);
      await entry.ended;
      clearTimeout(late);
    }
    this.#watcher.stdin.end();
  }
}

function send({ child, group }, signal) {
  try {
    process.kill(group ? -child.pid : child.pid, signal);
  } catch (error) {
    // It has ended meanwhile.
    if (error.code !== 'ESRCH') throw error;
  }
}
