// usage: node portal.mjs URL ROUNDS     what bench/portal.sh measures; times in milliseconds
import { chromium } from '../test/portal/node_modules/playwright-core/index.mjs';
import { screens } from '../test/portal/page.mjs';

const [base, rounds] = [process.argv[2], Number(process.argv[3])];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const at = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)];
const whole = (value) => Math.round(value).toString();

// What the browser itself says of a load; the measures have to be watched from the beginning.
const watch = () => {
  globalThis.seen = { lcp: 0, shift: 0, blocked: 0 };
  const on = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true });
  on('largest-contentful-paint', (entry) => { seen.lcp = entry.startTime; });
  on('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  on('longtask', (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
};

// One screen, opened by its address: the slowest answer of the API, and when no skeleton is left.
async function load(page, path) {
  await page.goto(base + path);
  await page.waitForSelector('h1');
  const usable = await (await page.waitForFunction(() => !document.querySelector('.bone-row, .bones, .bone-text') && performance.now(), undefined, { polling: 'raf' })).jsonValue();
  return page.evaluate((usable) => {
    const asked = performance.getEntriesByType('resource').filter(({ name }) => /\/api\//.test(name) && !/\/api\/merlon\/(live|session)/.test(name));
    const slowest = asked.toSorted((a, b) => b.duration - a.duration)[0];
    const paint = performance.getEntriesByName('first-contentful-paint')[0];
    return {
      usable, fcp: paint?.startTime ?? 0, ...globalThis.seen,
      data: slowest?.duration ?? 0, by: slowest ? decodeURIComponent(slowest.name.slice(location.origin.length)).slice(0, 110) : '',
    };
  }, usable);
}

async function open(headers) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, extraHTTPHeaders: headers });
  context.setDefaultTimeout(120_000);
  await context.addInitScript(watch);
  return context.newPage();
}

const kept = await open({});
const anew = await open({ 'Cache-Control': 'no-cache' });
console.log(`${'screen'.padEnd(32)}${['data p50', 'p95', 'anew p50', 'p95', 'usable', 'FCP', 'LCP', 'TBT', 'CLS'].map((word) => word.padStart(9)).join('')}  slowest answer, computed anew`);
const all = { data: [], anew: [] };
for (const path of screens) {
  const loads = [];
  const fresh = [];
  for (let round = 0; round < rounds; ++round) fresh.push(await load(anew, path));
  for (let round = 0; round < rounds; ++round) loads.push(await load(kept, path));
  const [data, computed] = [loads.map((one) => one.data), fresh.map((one) => one.data)];
  all.data.push(...data);
  all.anew.push(...computed);
  const middle = (what) => at(loads.map((one) => one[what]), 0.5);
  const cells = [at(data, 0.5), at(data, 0.95), at(computed, 0.5), at(computed, 0.95), middle('usable'), middle('fcp'), middle('lcp'), middle('blocked')].map(whole);
  console.log(`${path.padEnd(32)}${[...cells, middle('shift').toFixed(3)].map((cell) => cell.padStart(9)).join('')}  ${fresh.toSorted((a, b) => b.data - a.data)[0].by}`);
}
console.log(`${'all screens, data'.padEnd(32)}${[at(all.data, 0.5), at(all.data, 0.95), at(all.anew, 0.5), at(all.anew, 0.95)].map((value) => whole(value).padStart(9)).join('')}`);

// The list of all devices, wheel by wheel: how long a frame takes while rows come.
await load(kept, '/devices');
const list = kept.locator('.list').first();
await list.hover();
await kept.evaluate(() => {
  globalThis.frames = [];
  let last = performance.now();
  const next = (now) => { globalThis.frames.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
});
for (let turn = 0; turn < 200; ++turn) {
  await kept.mouse.wheel(0, 1200);
  await kept.waitForTimeout(16);
}
const frames = await kept.evaluate(() => globalThis.frames);
const reached = await kept.evaluate(() => Math.max(...[...document.querySelectorAll('tr[data-row]')].map((row) => Number(row.getAttribute('aria-rowindex')) || 0)));
console.log(`\nscrolling devices: ${frames.length} frames, p50 ${whole(at(frames, 0.5))}, p95 ${whole(at(frames, 0.95))}, longest ${whole(at(frames, 1))}; ${frames.filter((frame) => frame > 50).length} over 50; row ${reached} reached`);
await browser.close();
