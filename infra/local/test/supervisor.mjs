// Helper of `children.test.mjs`: starts two programs, tells their numbers, and stops them at SIGTERM.
// The first writes when it is stopped, the second ends only after it has told so: their order is seen in the output.

import { Children } from '../children.mjs';

const PROGRAM = `
  process.on('SIGTERM', () => { console.log('stopped ' + process.argv[1]); process.exit(0); });
  console.log('up ' + process.argv[1]);
  setInterval(() => {}, 1000);
`;

const children = new Children();
for (const name of ['first', 'second']) {
  const { child, lines } = children.start(name, process.execPath, ['-e', PROGRAM, name]);
  lines.on('line', (line) => console.log(line.startsWith('up') ? `${line} ${child.pid}` : line));
}
process.on('SIGTERM', () => children.stop());
