// usage: node run.mjs CLAIM_LINK FOLDER REPORT ISSUER
// Opens Debian's chromium on a running server and works through the cases below; writes "passed failed skipped".
import { readFileSync, writeFileSync, mkdtempSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { away } from './away.mjs';
import { served } from './served.mjs';
import { open } from './open.mjs';
import { lists } from './lists.mjs';
import { hunting } from './hunting.mjs';
import { panels } from './panels.mjs';
import { people } from './people.mjs';
import { shots } from './shots.mjs';
import { states } from './states.mjs';
import { support } from './support.mjs';

const [link, folder, report, issuer] = process.argv.slice(2);
const base = new URL(link).origin;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const cases = process.env.CASES && new RegExp(process.env.CASES); // of these names only, for who works on them
let passed = 0;
let failed = 0;
const took = []; // milliseconds and the case

const size = { width: 1440, height: 900 };
const context = await chromium.launchPersistentContext(mkdtempSync(join(folder, 'browser-')), {
  executablePath: 'chromium' in process.env ? process.env.chromium : '/usr/bin/chromium',
  headless: true,
  viewport: size,
  reducedMotion: 'reduce', // nothing moves while it is clicked or measured
  acceptDownloads: true,
  ignoreHTTPSErrors: true, // the provider's certificate is its own
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
// The machine of a test may be busy, and after a pass over the fleet that took long the next one waits ten times as long (server/publisher.h).
const patience = 180_000;
context.setDefaultTimeout(patience);

// What must never happen, whatever the case: a violation of the policy, a request to elsewhere, a script fault, a hostile
// text that runs.
const wrongs = [];
const ours = [base]; // servers that may be asked
await context.exposeBinding('pwned', (_, what) => wrongs.push(`a hostile text ran: ${what}`));
await context.addInitScript(() => {
  document.addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
});
const page = context.pages()[0] ?? (await context.newPage());
page.on('console', (message) => {
  const text = message.text();
  // The browser writes a line for each refusal that a case provokes on purpose.
  if (message.type() === 'error' && !/status of (400|401|403|404|409)/.test(text)) wrongs.push(`console: ${text.slice(0, 300)}`);
});
page.on('pageerror', (error) => wrongs.push(`fault: ${error.message}`));
page.on('dialog', (dialog) => { wrongs.push(`dialog: ${dialog.message()}`); void dialog.dismiss(); });
page.on('request', (request) => {
  const url = request.url();
  // A person is sent to the provider, and never anything else.
  if (request.isNavigationRequest() && url.startsWith(`${issuer}/authorize?`)) return;
  if (!ours.some((one) => url.startsWith(one)) && !/^(blob|data):/.test(url)) wrongs.push(`a foreign request: ${url}`);
});

const tools = {
  page, base, link, folder,
  trust: (server) => void ours.push(server),
  // Runs one case; what goes wrong meanwhile, even outside its own checks, is its failure.
  async check(name, run) {
    if (cases && !cases.test(name)) return;
    wrongs.length = 0;
    const before = Date.now();
    try {
      await run();
      if (wrongs.length) throw new Error(wrongs.join('\n'));
      passed += 1;
    } catch (error) {
      failed += 1;
      console.error(`FAILED: ${name}\n    ${[error.message, ...wrongs].join('\n').split('\n').slice(0, 12).join('\n    ')}`);
      mkdirSync('build/portal/failed', { recursive: true });
      await page.screenshot({ path: join('build/portal/failed', `${name.replace(/\W+/g, '-')}.png`) }).catch(() => {});
      // It takes no other case with it.
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
      await page.setViewportSize(size);
      await page.evaluate(() => localStorage.clear()).catch(() => {});
    }
    took.push([Date.now() - before, name]);
  },
  // No finding of axe that matters (a minor one does not), in rows of lists that are in sight (some of them, where colours alone are asked for). The components' focus traps have dummies that only they see, and their
  // menus and messages are outside of the landmarks.
  async accessible(rules = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] }) {
    if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
    // Colours on their way from one to another are neither: what moves and ends has ended first (an animation that begins
    // with the next frame too), and what turns for ever is left to turn.
    await page.evaluate(async () => {
      for (let round = 0, calm = 0; calm < 3 && round < 200; ++round) {
        await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
        const moving = document.getAnimations().filter((one) => one.playState === 'running' && one.effect?.getComputedTiming().endTime !== Infinity);
        calm = moving.length ? 0 : calm + 1;
        await Promise.all(moving.map((one) => one.finished.catch(() => {})));
      }
    });
    const { violations } = await page.evaluate(([runOnly, rows]) => globalThis.axe.run({ include: [['html']], exclude: [['[data-tabster-dummy]'], [`.list tbody tr[data-row]:nth-of-type(n + ${rows + 1})`]] }, { runOnly, rules: runOnly.type === 'tag' ? { region: { enabled: false } } : {}, resultTypes: ['violations'] }), [rules, rules.type === 'tag' ? 17 : 6]);
    const bad = violations.filter(({ impact }) => impact !== 'minor');
    if (bad.length) throw new Error(bad.map(({ id, help, nodes }) => `axe ${id}: ${help}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 140)} [${node.any.map((one) => one.message).join('; ').slice(0, 160)}]`).join(' | ')}`).join('\n'));
  },
  // What a case brought about on purpose is not wrong.
  provoked(words) {
    wrongs.splice(0, wrongs.length, ...wrongs.filter((one) => !words.test(one)));
  },
  expect(condition, words) {
    if (!condition) throw new Error(words);
  },
  // What comes to be so after a while; `words` says how it is instead.
  async until(holds, words) {
    for (const end = Date.now() + patience; !(await holds()); await new Promise((later) => setTimeout(later, 100))) if (Date.now() > end) throw new Error(await words());
  },
};

const began = Date.now();
const only = process.env.ONLY?.split(','); // parts by name, for who works on one
for (const [name, part] of Object.entries({ served, open, lists, panels, states, support, hunting, shots, away, people })) {
  if (only && !only.includes(name)) continue;
  const before = Date.now();
  await part(tools);
  console.error(`   ${name}: ${((Date.now() - before) / 1000).toFixed(1)} s`);
}
console.error(`   the browser: ${((Date.now() - began) / 1000).toFixed(1)} s, ${passed} passed, ${failed} failed`);
for (const [ms, name] of took.sort(([a], [b]) => b - a).slice(0, Number(process.env.SLOWEST ?? 5))) console.error(`   ${(ms / 1000).toFixed(1)} s: ${name}`);
await context.close();
writeFileSync(report, `${passed} ${failed} 0\n`);
process.exit(failed ? 1 : 0);
