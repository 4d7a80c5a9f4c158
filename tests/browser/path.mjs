// The whole path of a person in a real browser: open, search an example, watch, read, check the positions, download,
// come back. Against the running system at BASE_URL; nothing is faked.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { accessibilityFaults, openPage, startBrowser, sticksOut, VIEWS } from './browser.mjs';

const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:7071').replace(/\/$/, '');
const QUESTION = 'Which orchid is this?';
const ANSWER = 'Cypripedium calceolus';
const SUBJECT = 'Z78521.1';

// What BLAST+ says to a search that asks for a single hit.
const WARNING = 'Examining 5 or more matches is recommended';

let browser;
let jobPath;
let logPath;

before(async () => {
  browser = await startBrowser();
});
after(() => browser?.close());

/** Opens an address and hands over a quiet page; afterwards nothing may have been complained about. */
async function visit(view, address, what, expected) {
  const { context, page, complaints } = await openPage(browser, view, expected);
  try {
    await page.goto(BASE + address);
    await what(page);
    assert.deepEqual(complaints, [], 'the console stays silent');
  } finally {
    await context.close();
  }
}

async function assertSound(page, where) {
  assert.deepEqual(await accessibilityFaults(page), [], `${where}: accessibility`);
  assert.deepEqual(await sticksOut(page), [], `${where}: nothing sticks out at the right`);
}

const hits = (page) => page.getByRole('table', { name: 'Hits' });
const firstHit = (page) => hits(page).getByRole('button', { expanded: false }).first();

test('a person searches an example and reads the right answer', { timeout: 180_000 }, async () => {
  await visit(VIEWS[0], '/', async (page) => {
    await page.getByRole('button', { name: QUESTION }).click();
    await page.getByText('1 nucleotide sequence, 726 letters').waitFor();
    const search = page.getByRole('button', { name: 'Search', exact: true });
    await page.getByText('Nothing stands against it.').first().waitFor();
    // A double click is one search.
    await search.dblclick();
    await page.waitForURL(/\/jobs\/job-/);
    jobPath = new URL(page.url()).pathname;

    await hits(page).waitFor({ timeout: 120_000 });
    await page.waitForFunction(() => document.title.startsWith('Completed'));
    const first = hits(page).locator('tbody tr').first();
    assert.match(await first.innerText(), new RegExp(ANSWER));
    assert.match(await first.innerText(), new RegExp(SUBJECT.replace('.', '\\.')));
  });
});

test('a second press was the same job', async () => {
  const { jobs } = await (await fetch(`${BASE}/api/blast/jobs?limit=10`)).json();
  assert.equal(jobs.filter((job) => job.job_title === QUESTION && jobPath.endsWith(job.job_id)).length, 1);
});

test('the first hit is above the fold', async () => {
  for (const view of VIEWS) {
    await visit(view, jobPath, async (page) => {
      await hits(page).waitFor();
      const box = await firstHit(page).boundingBox();
      assert.ok(box && box.y + box.height <= view.height, `${view.name}: it ends at ${box?.y + box?.height}`);
    });
  }
});

test('an alignment opens with the positions of BLAST+, and stays open after a reload', async () => {
  await visit(VIEWS[0], jobPath, async (page) => {
    await firstHit(page).click();
    const alignment = page.getByRole('region', { name: `Alignment with ${SUBJECT}, query 1 to 726, subject 1 to 726` });
    await alignment.waitFor();
    const text = await alignment.innerText();
    assert.match(text, /^Query +1 {2}GTAGGTGAGCCTGCGGAAGG[A-Z]{60} {2}80$/m);
    assert.match(text, /^Subject +1 {2}GTAGGTGAACCTGCGGAAGG[A-Z]{60} {2}80$/m);
    assert.match(text, /^Subject +721 {2}[A-Z]{6} {2}726$/m);

    await page.getByRole('button', { name: 'Copy alignment' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^ Score = 1258 bits \(681\), {2}Expect = 0\.0$/m);
    assert.match(copied, /^ Identities = 711\/726 \(98%\), Gaps = 0\/726 \(0%\)$/m);
    assert.match(copied, /^ Strand=Plus\/Plus$/m);
    assert.match(copied, /^Sbjct {2}661 {2}[ACGT]{60} {2}720$/m);

    await page.reload();
    await alignment.waitFor();
  });
});

test('a filter stands in the address, narrows the table and can be undone', async () => {
  await visit(VIEWS[0], jobPath, async (page) => {
    await hits(page).waitFor();
    const all = await page.getByText(/^\d+ of \d+ hits/).innerText();
    await page.getByRole('button', { name: 'Add filter' }).click();
    await page.getByLabel('Filter by').selectOption('Identity');
    await page.getByLabel('At least, %').fill('97');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.waitForURL(/idMin=97/);
    await page.getByText(/^1 of \d+ hits/).waitFor();
    await page.reload();
    await page.getByText(/^1 of \d+ hits/).waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByText(all).waitFor();
  });
});

test('the hits download as BLAST+ writes them', async () => {
  await visit(VIEWS[0], jobPath, async (page) => {
    await hits(page).waitFor();
    await page.getByRole('button', { name: 'Download' }).click();
    const begun = page.waitForEvent('download');
    await page.getByRole('link', { name: /outfmt 6/ }).click();
    const rows = (await readFile(await (await begun).path(), 'utf8')).trimEnd().split('\n');
    assert.equal(rows[0], `unknown_orchid\t${SUBJECT}\t97.934\t726\t15\t0\t1\t726\t1\t726\t0.0\t1258`);
  });
});

test('what BLAST+ says is followed, found in the log, and downloaded', { timeout: 120_000 }, async () => {
  const { databases } = await (await fetch(`${BASE}/api/blast/databases`)).json();
  const [name, example] = databases
    .flatMap((database) => database.examples.map((example) => [database.name, example]))
    .find(([, { program }]) => program === 'blastn');
  const body = JSON.stringify({ program: 'blastn', databases: [{ name }], query_data: example.query, options: { max_target_seqs: 1 } });
  const headers = { 'content-type': 'application/json' };
  const { job_id: id } = await (await fetch(`${BASE}/api/blast/jobs`, { method: 'POST', headers, body })).json();
  logPath = `/jobs/${id}?tab=logs`;
  await visit(VIEWS[0], logPath, async (page) => {
    const log = page.getByRole('log');
    await log.getByText(WARNING).waitFor({ timeout: 60_000 });
    await page.getByText('Ended', { exact: true }).waitFor({ timeout: 60_000 });
    const color = await log.evaluate((own) => getComputedStyle(own).color);
    assert.equal(color, 'rgb(231, 236, 236)', 'the log is dark, with light letters, in the light theme too');
    await page.getByRole('button', { name: 'Warnings 1' }).click();
    await page.waitForURL(/only=warning/);
    await page.getByLabel('Find in the log').fill('MATCHES');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1').waitFor();
    assert.equal(await log.locator('mark').innerText(), 'matches');
    await page.getByRole('button', { name: 'Errors 0' }).click();
    await page.getByRole('button', { name: 'Show all lines' }).click();
    const viewer = page.getByRole('region', { name: 'Log', exact: true });
    await viewer.getByRole('button', { name: 'Copy' }).click();
    await viewer.getByRole('button', { name: 'Copied' }).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(`\\t.*\\/blastn\\t.*${WARNING}`));
    const begun = page.waitForEvent('download');
    await viewer.getByRole('button', { name: 'Download' }).click();
    const zip = await readFile(await (await begun).path());
    assert.equal(zip.subarray(0, 2).toString(), 'PK');
  });
});

test('the list of jobs shows it, and it can be searched again from there', async () => {
  await visit(VIEWS[0], '/jobs', async (page) => {
    const row = page.getByRole('row').filter({ hasText: QUESTION }).first();
    await row.getByText('Completed').waitFor();
    await row.getByRole('link', { name: /Search again/ }).click();
    await page.getByText('1 nucleotide sequence, 726 letters').waitFor();
    assert.match(await page.getByLabel('Sequences').inputValue(), /^>unknown_orchid/);
  });
});

test('a wrong letter is named and can be jumped to', async () => {
  await visit(VIEWS[0], '/', async (page) => {
    const field = page.getByLabel('Sequences');
    await field.fill('>one\nACGTACGTACGTACGT\n>two\nACGTACGT!ACGTACGT\n');
    await page.getByRole('button', { name: 'Show line 4, column 9' }).click();
    assert.equal(await field.evaluate((own) => own.value.slice(own.selectionStart, own.selectionEnd)), '!');
    assert.equal(await page.getByRole('button', { name: 'Search', exact: true }).getAttribute('aria-disabled'), 'true');
    // Nothing typed is lost by a reload.
    await page.reload();
    await page.getByText(/“two”/).first().waitFor();
    assert.match(await field.inputValue(), /ACGT!ACGT/);
  });
});

test('a packed file is searched, watched and cancelled', { timeout: 180_000 }, async () => {
  const { databases } = await (await fetch(`${BASE}/api/blast/databases`)).json();
  const example = databases.flatMap((database) => database.examples).find(({ program }) => program === 'blastp');
  const many = Array.from({ length: 60 }, (_, n) => example.query.replaceAll('>', `>set_${n}_`)).join('');
  await visit(VIEWS[0], '/', async (page) => {
    const file = { name: 'many.faa.gz', mimeType: 'application/gzip', buffer: gzipSync(many) };
    await page.getByLabel('Choose files').setInputFiles(file);
    await page.getByText('many.faa.gz').waitFor();
    await page.getByText('Nothing stands against it.').first().waitFor({ timeout: 120_000 });
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('progressbar', { name: 'Parts' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Cancel search' }).click();
    await page.getByText('This search was cancelled').waitFor({ timeout: 60_000 });
    assert.match(await page.title(), /^Cancelled/);
    await assertSound(page, 'a cancelled job');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete for good' }).click();
    await page.waitForURL(/\/jobs$/);
  });
});

test('the API document is shown readably, with every endpoint', async () => {
  const { paths } = await (await fetch(`${BASE}/api/docs/openapi.json`)).json();
  const endpoints = Object.values(paths).flatMap((path) => Object.keys(path).filter((key) => /^(get|post|put|delete)$/.test(key)));
  assert.ok(endpoints.length > 0);
  for (const view of [VIEWS[0], VIEWS[2]]) {
    await visit(view, '/api/docs', async (page) => {
      // A path is written with break opportunities in it.
      await page.getByRole('button', { name: /\/api\/.*blast\/.*jobs/ }).first().waitFor();
      assert.equal(await page.title(), 'API · Blastline');
      assert.equal(await page.locator('.opblock').count(), endpoints.length);
      assert.deepEqual(await sticksOut(page), [], `${view.name}: nothing sticks out at the right`);
      await page.getByRole('link', { name: 'Blastline', exact: true }).click();
      await page.getByLabel('Sequences').waitFor();
    });
  }
});

const PAGES = [
  ['search', () => '/', (page) => page.getByLabel('Sequences').waitFor()],
  ['jobs', () => '/jobs', (page) => page.getByText(QUESTION).first().waitFor()],
  ['hits', () => jobPath, (page) => firstHit(page).waitFor()],
  ['an open hit', () => `${jobPath}?open=["${SUBJECT}"]`, (page) => page.getByText('Copy alignment').waitFor()],
  ['how it ran', () => `${jobPath}?tab=run`, (page) => page.getByText('What it ran on').waitFor()],
  ['the log', () => logPath, (page) => page.getByText(WARNING).waitFor()],
  ['an unknown job', () => '/jobs/job-00000000000000000000000000000000', (page) => page.getByText('There is no such job').waitFor()],
  ['an unknown page', () => '/nothing/here', (page) => page.getByText('There is no such page').waitFor()],
];

for (const view of VIEWS) {
  test(`every page is sound: ${view.name}`, { timeout: 120_000 }, async () => {
    for (const [where, address, ready] of PAGES) {
      await visit(
        view,
        address(),
        async (page) => {
          await ready(page);
          await assertSound(page, where);
        },
        where === 'an unknown job' ? [/404/] : [],
      );
    }
  });
}
