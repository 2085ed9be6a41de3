// On a server of its own, which begins without any data, dies while the page is open, and comes back with something new.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { go, rows, screens, visit } from './page.mjs';

const merlon = process.env.MERLON;

export async function away({ page, folder, check, expect, until, accessible, provoked, trust }) {
  const data = join(folder, 'away');
  mkdirSync(data, { recursive: true });
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('MERLON_'))), MERLON_DATA: data };
  let server;
  const start = (address) => new Promise((up, fail) => {
    server = spawn(merlon, ['serve', '--listen', address], { env });
    let told = '';
    server.stderr.on('data', (part) => {
      told += part;
      const found = /(http:\/\/127\.0\.0\.1:\d+)\/#\/claim/.exec(told);
      if (found) up(found[1]);
    });
    server.on('exit', () => fail(new Error(`no server: ${told.slice(-800)}`)));
  });
  const end = () => new Promise((gone) => { server.removeAllListeners('exit'); server.on('exit', gone); server.kill('SIGKILL'); });
  const report = (name, version) => JSON.stringify({ merlon_report: 1, identifier: name, name, os: { distribution: 'debian', version: '12' }, software: [{ source: 'programs', name: 'Google Chrome', vendor: 'Google LLC', version }] });
  const base = await start('127.0.0.1:0');
  trust(base);

  await check('without any data every screen teaches what to do, and nothing is broken', async () => {
    await visit(page, base, '/');
    await page.getByText('Three steps to the first findings').waitFor();
    for (const path of screens.filter((one) => !one.includes('/baselines/'))) {
      await go(page, path);
      const broken = await page.locator('[role=alert]').allInnerTexts();
      expect(!broken.length, `${path}: ${broken}`);
      await page.locator('.list .explain p, .list tbody tr[data-row], .page:not(:has(.list)), .hunt').first().waitFor();
    }
    await go(page, '/devices');
    await accessible();
  });

  await check('while the server is away what is shown stays and says so; when it is back, so is the page', async () => {
    await fetch(`${base}/api/merlon/reports`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: report('here-1', '126.0.6478.127') });
    await visit(page, base, '/devices?q=here');
    await rows(page).getByText('here-1').waitFor();
    await end();
    await page.getByText('The server has not answered since').waitFor();
    // Read again in vain, as when the window gets the focus: the rows stay.
    await page.evaluate(() => dispatchEvent(new Event('visibilitychange')));
    await page.waitForTimeout(3_000);
    await rows(page).getByText('here-1').waitFor();
    expect((await page.locator('.explain, .door').count()) === 0, 'what was shown has gone');
    await accessible();
    // What has never been read cannot be shown; it says why, and can be tried again.
    await go(page, '/alerts').catch(() => {});
    await page.getByRole('button', { name: /Try again|Load it again/ }).waitFor();
    await page.goBack();
    await rows(page).getByText('here-1').waitFor();
    const file = join(folder, 'here-2.ndjson');
    writeFileSync(file, report('here-2', '126.0.6478.127'));
    const { status, stderr } = spawnSync(merlon, ['--quiet', 'import', file], { env });
    expect(status === 0, String(stderr));
    await start(new URL(base).host);
    await rows(page).getByText('here-2').waitFor();
    await until(async () => (await page.locator('.lost').count()) === 0, () => 'it is still said not to answer');
    provoked(/ERR_|Failed to load|dynamically imported/);
  });
  await page.goto('about:blank'); // it would hear that the server dies
  await end();
}
