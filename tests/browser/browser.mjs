// The distribution's Chromium, driven for a person's path through the page.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const require = createRequire(import.meta.url);

// A browser in a test has nothing to fetch of its own, and often no sandbox to start in.
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Sizes and themes that each page is checked in. */
export const VIEWS = [
  { name: 'desktop, light', width: 1366, height: 768, theme: 'light' },
  { name: 'desktop, dark', width: 1366, height: 768, theme: 'dark' },
  { name: 'phone, light', width: 390, height: 844, theme: 'light' },
  { name: 'phone, dark', width: 390, height: 844, theme: 'dark' },
];

/** Starts the browser. */
export const startBrowser = () =>
  chromium.launch({ executablePath: process.env.CHROME || '/usr/bin/chromium', headless: true, args: FLAGS });

/**
 * Opens a page in a profile of its own and collects what its console complains about.
 * Failed requests that a test provokes are named in `expected`.
 */
export async function openPage(browser, view, expected = []) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    colorScheme: view.theme,
    hasTouch: view.width < 600,
    isMobile: view.width < 600,
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const complaints = [];
  const note = (text) => {
    if (!expected.some((pattern) => pattern.test(text))) complaints.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => note(error.message));
  return { context, page, complaints };
}

let axe;

/** What axe-core finds on the page: WCAG 2.2 A and AA and its best practices. */
export async function accessibilityFaults(page) {
  axe ??= await readFile(require.resolve('axe-core/axe.min.js'), 'utf8');
  // The page's own policy forbids foreign scripts; the debugger may evaluate all the same.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const result = await globalThis.axe.run(document, { runOnly: rules });
    return result.violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join('; ')})`);
  });
}

/** What sticks out at the right of the page; empty when nothing does. */
export const sticksOut = (page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 1)
      .slice(0, 5)
      .map((element) => `${element.tagName}.${element.className}`);
  });
