// Advanced hunting: a query is written, completed, run, refused, saved, drawn and taken away.
import { readFileSync } from 'node:fs';
import { visit } from './page.mjs';

const editor = (page) => page.getByRole('textbox', { name: 'Query' });
const cells = (page) => page.locator('.hunt-grid tbody td:not(.hunt-number)');

// Typed as a person would paste it: without completion and closing brackets.
async function write(page, text) {
  await editor(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

async function run(page, text) {
  await write(page, text);
  await page.keyboard.press('Shift+Enter');
  await page.waitForFunction(() => !document.querySelector('.hunt-waiting') && document.querySelector('.hunt-elapsed'));
}

export async function hunting({ page, base, check, expect, until, accessible }) {
  const begin = async () => {
    await visit(page, base, '/hunting');
    await editor(page).waitFor();
  };
  await check('hunting: an empty screen teaches, who types before the schema has come goes on, a built-in query runs', async () => {
    let come;
    const held = new Promise((done) => { come = done; });
    await page.route('**/api/advancedqueries/schema', async (route) => { await held; await route.continue(); });
    await page.goto(`${base}/hunting`);
    await page.locator('.hunt-editor :focus').waitFor();
    await page.keyboard.type('DeviceInfo | where isempty(DeviceId');
    come();
    await page.locator('.kql-table', { hasText: 'DeviceInfo' }).waitFor();
    await page.keyboard.type(')'); // over the one that the editor had put there
    const typed = await editor(page).innerText();
    expect(typed === 'DeviceInfo | where isempty(DeviceId)', `typed: ${typed}`);
    await until(async () => {
      await page.keyboard.press('Control+z'); // the caret's way past the bracket is undone first
      return (await editor(page).innerText()) !== typed;
    }, () => 'what was typed before the schema had come cannot be undone');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { name: 'Ask your fleet anything' }).waitFor();
    await accessible();
    await page.getByRole('button', { name: /^Devices with alerts and exploitable CVEs/ }).click();
    await page.getByRole('button', { name: 'Run query' }).click();
    await page.locator('.hunt-elapsed', { hasText: /row/ }).waitFor();
    expect((await page.locator('[role=alert]').count()) === 0, 'the query was refused');
  });

  await check('hunting: completion, colours and errors in place', async () => {
    await editor(page).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await page.keyboard.type('DeviceTvmSoftwareInventory | where SoftwareVe');
    const proposals = page.locator('.cm-tooltip-autocomplete', { hasText: 'SoftwareVendor' });
    await proposals.waitFor();
    const ground = await proposals.evaluate((one) => getComputedStyle(one).backgroundColor);
    expect(/^rgb\(/.test(ground), `the query shows through what is proposed: ${ground}`);
    await page.keyboard.press('Escape');
    await page.locator('.kql-table', { hasText: /^DeviceTvmSoftwareInventory$/ }).first().waitFor();
    await write(page, 'DeviceTvmSoftwareInventory\n| where SoftwareVendr == "x"');
    await page.locator('.cm-lintRange-error', { hasText: 'SoftwareVendr' }).waitFor();
    await page.keyboard.press('Shift+Enter');
    const refusal = page.locator('.hunt-refusal');
    await refusal.getByText('KS142').waitFor();
    const words = await refusal.innerText();
    expect(/line 2, column 9/.test(words) && words.includes('^^^^^^^^^^^^^') && /Request [0-9a-f-]{36}/.test(words), words);
    await accessible();
  });

  await check('hunting: rows are sorted, filtered, grouped, made a filter and exported', async () => {
    await run(page, 'DeviceTvmSoftwareInventory | project DeviceName, SoftwareName, SoftwareVersion, bag = dynamic({"a": [1, 2]})');
    await cells(page).first().waitFor();
    const all = await page.locator('.hunt-statistics').innerText();
    expect((await page.locator('.hunt-grid tbody tr').count()) < 120, 'all rows are drawn');
    await page.getByRole('button', { name: 'SoftwareName', exact: true }).click();
    await page.locator('th[aria-sort=ascending]').waitFor();
    await page.getByRole('button', { name: 'Filter columns' }).click();
    await page.getByLabel('Rows whose SoftwareName has').fill('chrome');
    await page.locator('.hunt-statistics', { hasText: ' of ' }).waitFor();
    await page.getByRole('button', { name: 'Filter columns' }).click();
    await page.locator('.hunt-statistics', { hasText: all.trim() }).waitFor();
    await page.getByRole('button', { name: 'More for SoftwareName' }).click();
    await page.getByRole('menuitem', { name: 'Group by this column' }).click();
    await page.locator('.hunt-group').first().waitFor();
    await page.getByRole('button', { name: /^By SoftwareName/ }).click();
    await cells(page).first().waitFor();
    await page.getByRole('button', { name: 'Open row 1', exact: true }).click();
    await page.locator('.hunt-tree', { hasText: 'a' }).first().waitFor();
    await page.keyboard.press('Escape');
    const value = await cells(page).nth(1).innerText();
    await cells(page).nth(1).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Add as filter', exact: true }).click();
    await page.waitForFunction((was) => !document.querySelector('.hunt-waiting') && document.querySelector('.hunt-statistics') && document.querySelector('.hunt-statistics').innerText !== was, all);
    expect((await editor(page).innerText()).includes(`where SoftwareName == "${value}"`), await editor(page).innerText());
    for (const [kind, good] of [['CSV', /^\ufeffDeviceName,SoftwareName,SoftwareVersion,bag\r\n/], ['NDJSON', /^{"DeviceName":".*"bag":{"a":\[1,2\]}}\n/]]) {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: kind, exact: true }).click()]);
      const text = readFileSync(await download.path(), 'utf8');
      expect(good.test(text) && text.includes(value), text.slice(0, 200));
    }
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    const [whole] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Parquet', exact: true }).click()]);
    const bytes = readFileSync(await whole.path());
    expect(bytes.subarray(0, 4).toString() === 'PAR1' && bytes.subarray(-4).toString() === 'PAR1', 'no Parquet file');
    await accessible();
  });

  await check('hunting: a query becomes a detection', async () => {
    await write(page, 'DeviceInfo\n| where ExposureLevel == "High"\n| project DeviceId, Timestamp // a rule');
    await page.getByRole('link', { name: 'Make detection rule' }).click();
    const form = page.getByRole('dialog', { name: 'New detection' });
    await form.getByText('// a rule').waitFor();
    await form.getByLabel('Name').fill('<b>Exposed</b>');
    await form.getByRole('button', { name: 'Try it' }).click();
    await form.getByText(/It would raise [\d,]+ alerts? now/).waitFor();
    await accessible();
    await form.getByRole('button', { name: 'Make it' }).click();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '<b>Exposed</b>' }).click();
    await page.getByRole('button', { name: 'Run now' }).click();
    await page.getByText('It has run.').first().waitFor();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByText('No detection yet').waitFor();
    await begin();
  });

  await check('hunting: render draws a chart, and another kind by hand', async () => {
    await run(page, 'DeviceTvmSoftwareInventory | summarize Installed = count() by SoftwareName | top 8 by Installed | render columnchart with (title="Most installed")');
    await page.getByRole('img', { name: /^column chart of Installed by SoftwareName/ }).locator('canvas').waitFor();
    await page.getByText('Most installed').last().waitFor();
    // The choices close when the page moves under them, as it may until the chart has its size: then they are opened again.
    await until(async () => {
      const pie = page.getByRole('option', { name: 'Pie' });
      if (!(await pie.isVisible())) await page.getByRole('combobox', { name: 'Kind of chart' }).click();
      return pie.click({ timeout: 3000 }).then(() => true, () => false);
    }, () => 'the choice of a chart stays closed');
    await page.getByRole('img', { name: /^pie chart/ }).waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await cells(page).first().waitFor();
  });

  await check('hunting: a query is saved, opened again, and deleted with undo', async () => {
    await write(page, 'DeviceInfo | count // kept');
    await page.keyboard.press('Control+s');
    const form = page.getByRole('dialog');
    await form.waitFor();
    // On a busy machine the components hide now and then what a key has opened.
    await page.evaluate(() => document.querySelector('[role=dialog]').closest('body > *').setAttribute('aria-hidden', 'true'));
    await form.getByRole('textbox', { name: 'Name' }).fill('Count <b>devices</b>');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.waitFor({ state: 'detached' });
    await write(page, 'print 1');
    await page.getByRole('tab', { name: 'Queries' }).click();
    await page.locator('.hunt-side').getByRole('button', { name: /^Count <b>devices<\/b>/ }).click();
    await page.waitForFunction(() => document.querySelector('.cm-content')?.textContent?.includes('// kept'));
    await page.locator('.hunt-side').getByRole('button', { name: 'More for Count <b>devices</b>' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByText('Deleted Count').last().waitFor();
    await page.getByRole('button', { name: 'Undo' }).or(page.locator('.fui-Toast a, .fui-Toast button', { hasText: 'Undo' })).first().click();
    await page.locator('.hunt-side').getByRole('button', { name: /^Count <b>devices<\/b>/ }).waitFor();
  });

  await check('hunting: a hover explains, a selection runs alone, cells are counted and copied; samples, history, sharing, the link', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    const heading = (name) => page.getByRole('columnheader').getByRole('button', { name, exact: true });
    await run(page, 'print a = 1\n\nDeviceInfo | evaluate autocluster()');
    await page.locator('.kql-table', { hasText: 'DeviceInfo' }).hover();
    await page.locator('.cm-tooltip-hover', { hasText: 'DeviceInfo' }).waitFor();
    await heading('SegmentId').waitFor(); // of the block with the caret
    expect((await page.locator('.cm-lintRange-error').count()) === 0, 'a plugin of the server is called wrong');
    await editor(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.press('Shift+Enter');
    await heading('a').waitFor();
    await run(page, 'range x from 1 to 4 step 1');
    await heading('x').waitFor();
    await cells(page).first().click();
    await cells(page).nth(3).click({ modifiers: ['Shift'] });
    await page.locator('.hunt-statistics', { hasText: 'Sum 10' }).waitFor();
    await page.getByRole('region', { name: 'Rows of the answer' }).focus();
    await page.keyboard.press('Control+c');
    expect((await copied()) === '1\n2\n3\n4', JSON.stringify(await copied()));
    await page.getByRole('button', { name: 'Copy link' }).click();
    await until(async () => (await copied()) === `${base}/hunting?query=range+x+from+1+to+4+step+1`, copied);
    await page.getByRole('combobox', { name: 'Time range' }).click();
    await page.getByRole('option', { name: 'Last 7 days' }).click();
    await run(page, 'DeviceTvmSoftwareInventory | count');
    await page.getByText('DeviceTvmSoftwareInventory has no column Timestamp').waitFor();
    const side = page.locator('.hunt-side');
    await side.getByRole('tab', { name: 'History' }).click();
    await side.getByRole('button', { name: /^range x from 1/ }).waitFor();
    await side.getByRole('tab', { name: 'Schema' }).click();
    await side.getByRole('button', { name: 'Sample 10 rows of DeviceInfo', exact: true }).click();
    await page.locator('.hunt-statistics', { hasText: '10 rows' }).waitFor();
    await side.getByRole('tab', { name: 'Queries' }).click();
    await side.getByRole('button', { name: 'More for Count <b>devices</b>' }).click();
    await page.getByRole('menuitem', { name: 'Share with everybody' }).click();
    await side.getByRole('button', { name: /^Count <b>devices<\/b> shared/ }).waitFor();
  });

  await check('hunting: a link opens its query, cancelling stops it', async () => {
    await visit(page, base, `/hunting?query=${encodeURIComponent('DeviceInfo | summarize n = count() // linked')}`);
    await page.waitForFunction(() => document.querySelector('.cm-content')?.textContent?.includes('// linked') && !location.search);
    await page.route('**/v2/rest/query', () => {}, { times: 1 });
    await page.getByRole('button', { name: 'Run query' }).click();
    await page.getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('heading', { name: 'Cancelled' }).waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.evaluate(() => localStorage.clear());
  });
}
