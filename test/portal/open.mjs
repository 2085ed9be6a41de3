// On a server that nobody has claimed: the end-of-support procedure, what is changed and taken back, the past, inventories.
import { readFileSync } from 'node:fs';
import { narrow, rows, settled, visit } from './page.mjs';

export async function open({ page, base, check, expect, until, accessible }) {
  await check('the end-of-support procedure, click by click', async () => {
    await visit(page, base, '/');
    await page.click('nav >> text=Recommendations');
    await page.getByRole('heading', { name: 'Security recommendations' }).waitFor();
    await settled(page);
    const before = await page.textContent('.list-count');
    await page.click('button:has-text("Filters")');
    for (const tag of ['EOS software', 'EOS versions', 'Upcoming EOS versions']) await page.getByRole('checkbox', { name: tag, exact: true }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForFunction((was) => document.querySelector('.list-count')?.textContent !== was && !document.querySelector('.bone-row'), before);
    expect(new URL(page.url()).searchParams.getAll('tags').length === 3, page.url());
    // Only recommendations with these tags, and the words are on the rows.
    for (const text of await rows(page).allTextContents()) expect(/EOS (software|versions)/.test(text), `a row without a tag: ${text}`);
    await page.click('tr[data-row] >> text=Upgrade Microsoft Windows 10');
    const panel = page.getByRole('dialog', { name: 'Upgrade Microsoft Windows 10' });
    await panel.getByText('end of their support').waitFor();
    await panel.getByRole('link', { name: 'version distribution' }).click();
    // Its versions, filtered to EOS and upcoming ones, each with its tag.
    await page.waitForSelector('[role=tab][aria-selected=true] >> text=Version distribution');
    await rows(page).first().waitFor();
    for (const text of await rows(page).allTextContents()) expect(/EOS version/.test(text), `a version without a tag: ${text}`);
    await page.click('tr[data-row] >> text=10.0.19045.5737');
    const version = page.getByRole('dialog', { name: /Windows 10 10\.0\.19045\.5737/ });
    await version.getByText('End of support date').waitFor();
    expect(/support ended on \w+ \d+, 2025/.test(await version.innerText()), await version.innerText());
    // The CVEs that it counts are behind the number.
    const counted = version.locator('.facts div', { hasText: 'Vulnerabilities' }).getByRole('link');
    const query = new URL(await counted.getAttribute('href'), base).searchParams.get('query');
    const { Results } = await (await fetch(`${base}/api/advancedqueries/run`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Query: query }) })).json();
    const cves = new Set(Results.map(({ CveId }) => CveId));
    expect(cves.size > 0 && cves.size === Results.length && cves.size === Number(await counted.innerText()), `${await counted.innerText()} vulnerabilities, ${JSON.stringify(Results)}`);
    await accessible();
    await page.keyboard.press('Escape');
    await version.waitFor({ state: 'detached' });
    await page.goBack();
  });

  await check('ticking recommendations moves the scores', async () => {
    await visit(page, base, '/recommendations');
    await page.getByRole('checkbox', { name: /^Tick Upgrade Google Chrome/ }).check();
    const tray = page.getByRole('region', { name: 'What if' });
    await tray.getByText('1 recommendation').waitFor();
    await tray.locator('.move-figures').first().waitFor();
    const one = await tray.locator('.move-figures').first().innerText();
    await page.getByRole('checkbox', { name: /^Tick Upgrade Microsoft Windows 10/ }).check();
    await page.waitForFunction((was) => document.querySelector('.move-figures')?.innerText !== was, one);
    await page.click('.tray-clear');
    await tray.waitFor({ state: 'detached' });
  });

  await check('scores say what they are made of', async () => {
    await visit(page, base, '/');
    await page.getByRole('link', { name: 'What it is made of' }).click();
    const panel = page.getByRole('dialog', { name: 'What the exposure score is made of' });
    const points = async (table) => (await table.locator('tbody tr td:last-child').allInnerTexts()).reduce((sum, text) => sum + Number(text), 0);
    for (const [tab, link] of [['Software', '/software/'], ['Recommendations', '/recommendations?open='], ['CVEs', '/weaknesses?open='], ['Devices', '/devices/']]) {
      await panel.getByRole('tab', { name: tab, exact: true }).click();
      const table = panel.getByRole('table', { name: `Parts of the exposure score by ${tab.toLowerCase()}` });
      await table.locator('tbody tr').first().waitFor();
      expect((await table.locator('tbody a').first().getAttribute('href')).startsWith(link), `${tab}: where its rows lead`);
      const [all, shown] = [Number(/^[\d.]+/.exec(await panel.locator('.panel-under').innerText())[0]), await points(table)];
      expect(shown > 0 && shown <= all + 0.5, `${tab}: ${shown} of ${all}`);
      await accessible();
    }
    await panel.locator('tbody a').first().click(); // the device that adds most
    const card = page.locator('.card', { has: page.getByRole('heading', { name: 'What its exposure is made of' }) });
    await card.locator('tbody tr').first().waitFor();
    const [own, of] = [await points(card.locator('table')), Number(/([\d.]+) of 100/.exec(await card.innerText())[1])];
    expect(own > 0 && own <= of + 0.5, `${own} of ${of}`);
    await accessible();
  });

  await check('a finding says why', async () => {
    await visit(page, base, '/weaknesses');
    await rows(page).first().locator('.row-open').click();
    await page.getByRole('button', { name: 'Why?' }).first().click();
    await page.getByText('Seen on the device').waitFor();
    await page.getByText('Would clear it').waitFor();
  });

  await check('a remediation is asked for, an exception is made, and both are taken back', async () => {
    await visit(page, base, '/recommendations?open=va-_-google-_-chrome');
    await page.getByRole('button', { name: 'Remediation options' }).click();
    const form = page.getByRole('dialog', { name: /^Remediation: / });
    await form.getByLabel('Owner').fill('<b>bert</b>');
    await form.getByLabel('Notes').fill("<script>pwned('notes')</script>");
    await accessible();
    await form.getByRole('button', { name: 'Ask for it' }).click();
    await form.waitFor({ state: 'detached' });
    await visit(page, base, '/remediation');
    await rows(page).first().locator('.row-open').click();
    await page.getByText("<script>pwned('notes')</script>").waitFor();
    // What is refused stays written, with the reason; Escape puts back what is so.
    let refusing = true;
    await page.route('**/api/remediationTasks/*', (route) => (refusing && route.request().method() === 'PATCH'
      ? route.fulfill({ status: 409, headers: { 'X-Request-Id': 'abc-8' }, contentType: 'application/json', body: '{"error":{"code":"Conflict","message":"Not like this."}}' }) : route.fallback()));
    const owner = page.getByRole('textbox', { name: 'Owner' });
    await owner.fill('carla');
    await owner.press('Enter');
    await page.getByText(/Not kept: Not like this\. Request abc-8/).waitFor();
    expect((await owner.inputValue()) === 'carla', await owner.inputValue());
    await owner.press('Escape');
    expect((await owner.inputValue()) === '<b>bert</b>', await owner.inputValue());
    await page.getByRole('button', { name: 'Mark as completed' }).click();
    // It is not opened again: what goes is said before.
    const closing = page.getByRole('dialog', { name: /^Mark .* as completed/ });
    await closing.getByRole('button', { name: 'Mark as completed' }).click();
    await closing.getByText(/Not like this\. Request abc-8/).waitFor();
    refusing = false;
    await closing.getByRole('button', { name: 'Mark as completed' }).click();
    await page.getByText('Completed by').waitFor();
    await page.unroute('**/api/remediationTasks/*');

    await visit(page, base, '/recommendations?open=va-_-google-_-chrome');
    await page.getByRole('button', { name: 'Exception options' }).click();
    const exception = page.getByRole('dialog', { name: /^Exception: / });
    // What it would do stands there before it is made.
    await exception.getByText('would leave the counts').waitFor();
    await exception.getByRole('radio', { name: /^Risk accepted/ }).check();
    await exception.getByText('the counts and scores stay').waitFor();
    await exception.getByRole('radio', { name: /^Third party control/ }).check();
    await exception.getByText('would leave the counts').waitFor();
    await exception.getByRole('button', { name: 'Make the exception' }).click();
    await exception.waitFor({ state: 'detached' });
    await visit(page, base, '/remediation?tab=exceptions');
    await rows(page).first().locator('.row-open').click();
    await page.getByRole('button', { name: 'Cancel exception' }).click();
    await page.getByText('Why it ended').waitFor();
  });

  await check('a device gets another value and a tag, and the undo takes it back', async () => {
    await visit(page, base, '/devices');
    await rows(page).nth(1).locator('.row-open').click();
    await page.getByRole('button', { name: 'Device value: Normal' }).click();
    await page.getByRole('menuitemradio', { name: 'High' }).click();
    await page.getByRole('button', { name: 'Device value: High' }).waitFor();
    await page.locator('.fui-Toast').getByText('Undo').first().click();
    await page.getByRole('button', { name: 'Device value: Normal' }).waitFor();
    await page.getByRole('button', { name: 'Manage tags' }).click();
    await page.getByLabel('New tag').fill('crown jewels');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('h1').getByText('crown jewels').waitFor();
    await page.getByText('The tags are saved.').first().waitFor();
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Since the watch began nothing of this kind changed on this device.').waitFor(); // it was there from the first
    expect((await page.locator('.list thead').innerText()).includes('Software') && !(await page.locator('.list thead').innerText()).includes('Device'), 'the timeline of one device');
  });

  await check('what changes on the server shows by itself', async () => {
    await visit(page, base, '/recommendations?open=va-_-google-_-chrome');
    await page.getByText('Exposed devices').first().waitFor();
    const answer = await fetch(`${base}/api/exceptions`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ subjectId: 'va-_-google-_-chrome', justification: 'ThirdPartyControl', endsOn: new Date(Date.now() + 86_400_000).toISOString() }) });
    const { id } = await answer.json();
    await page.locator('.panel-under').getByText('Full exception').waitFor();
    await fetch(`${base}/api/exceptions/${id}/cancel`, { method: 'POST' });
    await page.locator('.panel-under').getByText('Full exception').waitFor({ state: 'detached' });
  });

  await check('a finding that clears goes from the open page by itself', async () => {
    const report = (software) => fetch(`${base}/api/merlon/reports`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: JSON.stringify({ merlon_report: 1, identifier: 'live-1', name: 'live-1', os: { distribution: 'debian', version: '12' }, software }) });
    const chrome = { source: 'programs', name: 'Google Chrome', vendor: 'Google LLC', version: '126.0.6478.127' };
    expect((await report([chrome])).status === 200, 'the report was not taken');
    await visit(page, base, '/devices?q=live-1');
    await rows(page).first().locator('.row-open').click();
    await page.getByRole('tab', { name: 'Discovered vulnerabilities' }).click();
    await rows(page).first().waitFor();
    await page.evaluate(() => { window.same = true; });
    const asked = [];
    const note = (request) => asked.push(new URL(request.url()).pathname);
    page.on('request', note);
    const began = Date.now();
    await report([{ source: 'programs', name: 'A program of our own', vendor: 'Us', version: '1.0' }]);
    await page.getByText('No known weakness').waitFor();
    const took = Date.now() - began;
    page.off('request', note);
    expect(await page.evaluate(() => window.same), 'the page was loaded again');
    expect(!asked.some((path) => path === '/api/merlon/changes' || path === '/api/merlon/live'), `asked for instead of told: ${asked.join(' ')}`);
    console.error(`   a cleared finding was gone after ${took} ms`);
  });

  await check('a day of the past: what is remembered shows, the rest says that it is now', async () => {
    await visit(page, base, '/devices');
    await page.getByRole('button', { name: 'As of: now' }).click();
    await accessible();
    await page.getByRole('button', { name: 'Yesterday' }).click();
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await page.waitForFunction((day) => new URLSearchParams(location.search).get('asOf') === day, yesterday);
    await page.getByText('Which devices there were').waitFor();
    expect(!(await page.locator('.list thead').innerText()).includes('Last seen'), 'a column of which nothing is remembered');
    // The choice goes from screen to screen; what has no past says so.
    await page.click('nav >> text=Recommendations');
    await page.getByText('Which recommendations there were').waitFor();
    await page.getByText('No recommendation is remembered of that day').waitFor();
    await page.click('nav >> text=Dashboard');
    await page.getByText('No score is remembered of that day').first().waitFor();
    expect(await page.getByText('This could not be loaded').count() === 0, 'a day without a score is no failure');
    await page.click('nav >> text=Weaknesses');
    await page.getByText('No history is kept of what this screen shows').waitFor();
    await rows(page).first().waitFor();
    await page.reload();
    await page.getByText('This is now, not').waitFor();
    const answer = await fetch(`${base}/v2/rest/query?asOf=no-time`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ db: 'Merlon', csl: 'DeviceTvmSoftwareInventory | count' }) });
    expect(answer.status === 400, `a time that is none is taken by hunting: ${answer.status}`);
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.waitForFunction(() => !new URLSearchParams(location.search).has('asOf') && !document.querySelector('.past-note'));
  });

  await check('a past with other rows than now', async () => {
    const report = (name, version) => fetch(`${base}/api/merlon/reports`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: JSON.stringify({ merlon_report: 1, identifier: name, name, os: { distribution: 'debian', version: '12' }, software: [{ source: 'programs', name: 'Google Chrome', vendor: 'Google LLC', version }] }) });
    await report('past-1', '126.0.6478.127');
    const { value: [device] } = await (await fetch(`${base}/api/machines?$filter=computerDnsName eq 'past-1'`)).json();
    // What was found of it is written down a while after the report is taken: the moment comes when it is.
    let then;
    for (let round = 0; round < 240; ++round) {
      await new Promise((later) => setTimeout(later, 250));
      then = new Date().toISOString();
      const there = await (await fetch(`${base}/api/machines?$filter=computerDnsName eq 'past-1'&asOf=${then}`, { headers: { 'Cache-Control': 'no-cache' } })).json();
      const found = await (await fetch(`${base}/api/machines/${device.id}/vulnerabilities?$top=1`, { headers: { 'Cache-Control': 'no-cache' } })).json();
      if (there.value?.length && found.value?.length) break;
    }
    await new Promise((later) => setTimeout(later, 1000));
    await report('past-1', '999.0.0.0');
    await report('past-2', '999.0.0.0');
    // The portal asks for the end of a day; nothing of this fleet is a day old, so a moment between the reports stands for it.
    await page.route(/asOf=/, (route) => route.continue({ url: route.request().url().replace(/asOf=[^&]*/, `asOf=${then}`) }));
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await visit(page, base, '/devices?q=past-');
    await page.waitForFunction(() => document.querySelector('.list-count')?.textContent?.startsWith('2 '));
    await visit(page, base, `/devices?q=past-&asOf=${yesterday}`);
    await page.waitForFunction(() => document.querySelector('.list-count')?.textContent?.startsWith('1 '));
    await visit(page, base, `/devices/${device.id}?tab=vulnerabilities`);
    await page.getByText('No known weakness').waitFor();
    await visit(page, base, `/devices/${device.id}?tab=vulnerabilities&asOf=${yesterday}`);
    await rows(page).first().waitFor();
    await visit(page, base, `/devices/${device.id}?tab=inventory&asOf=${yesterday}`);
    await page.getByText('126.0.6478.127').first().waitFor();
    await page.getByRole('button', { name: 'Back to now' }).click();
    await page.getByText('999.0.0.0').first().waitFor();
    await page.unroute(/asOf=/);
  });

  await check('a copied address shows somebody else the same', async () => {
    await visit(page, base, '/software');
    await narrow(page, 'micro');
    await page.waitForFunction(() => /q=micro/.test(location.search));
    await page.getByRole('button', { name: 'Filters' }).click();
    await page.getByRole('checkbox', { name: 'With weaknesses' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForFunction(() => /weaknesses=weak/.test(location.search));
    await page.getByRole('button', { name: 'Weaknesses', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('th[aria-sort=descending]'));
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Installed on' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /device groups/ }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Servers' }).click();
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => new URLSearchParams(location.search).has('scope') && !document.querySelector('.bone-row') && document.querySelector('tr[data-row]'));
    const shown = (one) => one.evaluate(() => [document.querySelector('.list thead')?.innerText, document.querySelector('.list-count')?.textContent, ...[...document.querySelectorAll('tr[data-row]')].map((row) => row.innerText)].join('\n'));
    const address = page.url();
    await page.evaluate(() => localStorage.clear()); // what this browser remembers is not the other's
    const there = await page.context().newPage();
    await there.goto(address);
    // What is found meanwhile of the devices before comes to both, but not at the same moment.
    let here, same;
    const both = async () => ([here, same] = await Promise.all([shown(page), shown(there)]))[0] === same && /Installed on/i.test(here) && /\n.*Microsoft/.test(here);
    await until(both, () => `not the same:\n${here.slice(0, 200)}\n---\n${same.slice(0, 200)}`);
    await there.close();
  });

  await check('certificates that end soon are counted, listed, and sent as a file', async () => {
    await visit(page, base, '/');
    const card = page.locator('.card', { hasText: 'Expiring certificates' });
    const soon = await card.getByRole('listitem').last().locator('b').innerText();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as file' }).click()]);
    await card.getByRole('listitem').last().getByRole('link').click();
    await rows(page).first().waitFor();
    await page.waitForFunction((count) => document.querySelector('.list-count')?.textContent?.startsWith(`${count} row`), soon);
    // A row opens its panel, which says where else the certificate is.
    await rows(page).first().locator('.row-open').click();
    const panel = page.locator('.panel');
    await panel.getByText('Thumbprint').waitFor();
    await panel.getByRole('table', { name: 'Where it is' }).getByRole('link').first().waitFor();
    await accessible();
    // The file shows the same on its own: no script, nothing from a server.
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.includes('Expiring certificates') && !/<script|<button|<link|@import|url\(["']?http/i.test(text), 'the report needs more than itself');
    const other = await page.context().newPage();
    await other.setContent(text);
    const card2 = other.locator('.card').first();
    expect((await card2.evaluate((one) => getComputedStyle(one).backgroundColor)) === 'rgb(255, 255, 255)', 'the report has lost its colours');
    await other.close();
  });

  await check('hardware: one row for each model, processor and firmware version, with the devices that have it', async () => {
    await visit(page, base, '/software?tab=hardware&kind=Bios&q=Dell');
    const names = await rows(page).locator('td:nth-child(4)').allTextContents();
    expect(names.length > 1 && new Set(names).size === names.length, `a version of firmware has more than one row: ${names}`);
    const devices = Number((await rows(page).first().locator('td').last().innerText()).replace(/\D/g, ''));
    await rows(page).first().locator('.row-open').click();
    const panel = page.getByRole('dialog', { name: /^Dell Inc\. BIOS / });
    await panel.getByText('Other firmware of Dell Inc.').waitFor();
    const has = panel.getByRole('table', { name: 'Devices', exact: true });
    await has.locator('tbody tr').first().waitFor();
    const given = await has.locator('tbody tr').count();
    expect(devices > 0 && given === Math.min(devices, 15), `${given} devices in the panel, ${devices} in the row`);
    await accessible();
    await has.getByRole('link').first().click();
    await page.waitForURL(/\/devices\/[0-9a-f]{40}\?tab=hardware/);
    await page.getByRole('tab', { name: 'Missing KBs' }).waitFor(); // the screen before has a tab of the same name
    await page.getByRole('tab', { name: 'Hardware and firmware', selected: true }).waitFor();
    await page.locator('.list tbody tr', { hasText: 'BIOS' }).waitFor();
  });

  await check('network shares: what exposes them, the device that has them, and what to do', async () => {
    await visit(page, base, '/software?tab=shares&by=scid-4001');
    const exposed = await rows(page).allTextContents();
    expect(exposed.length > 0 && exposed.every((text) => text.includes('Everyone writes')), `shares: ${exposed}`);
    await rows(page).first().locator('.row-open').click();
    const panel = page.getByRole('dialog');
    await panel.getByText('Rights of the share').waitFor();
    await accessible();
    await panel.getByRole('link', { name: 'It lets everybody write' }).click();
    await page.getByRole('dialog', { name: 'Take the right to write in shares from Everyone' }).waitFor();
    await page.goBack();
    await panel.getByRole('link').first().click();
    await page.waitForURL(/\/devices\/[0-9a-f]{40}\?tab=shares/);
    await rows(page).first().waitFor();
  });

  await check('a CVE leads to what is advised, its devices are a file, and its filters know alerts and platforms', async () => {
    await visit(page, base, '/weaknesses?threats=alert&platform=Windows');
    const alerted = Number((await page.textContent('.list-count')).replace(/\D/g, ''));
    await visit(page, base, '/weaknesses?platform=macOS');
    const mac = Number((await page.textContent('.list-count')).replace(/\D/g, ''));
    await visit(page, base, '/weaknesses');
    const every = Number((await page.textContent('.list-count')).replace(/\D/g, ''));
    expect(alerted > 0 && alerted < every && mac > 0 && mac < every, `${alerted} with an alert, ${mac} of macOS, ${every} in all`);
    await visit(page, base, '/weaknesses?open=CVE-2025-5419');
    const panel = page.getByRole('dialog', { name: 'CVE-2025-5419' });
    await panel.getByRole('link', { name: 'Upgrade Google Chrome' }).waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Export' }).click()]);
    const lines = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
    const said = Number((await panel.getByText('Exposed devices', { exact: true }).first().locator('xpath=following-sibling::dd').innerText()).replace(/\D/g, ''));
    expect(lines.length === said + 1 && lines[0].endsWith('Device,Device id,OS platform,Group'), `${lines.length} lines for ${said} devices: ${lines[0]}`);
    await panel.locator('section', { hasText: "Makers' advisories" }).getByRole('link', { name: 'https://chromereleases.googleblog.com/' }).waitFor();
    await panel.getByRole('link', { name: 'Upgrade Google Chrome' }).click();
    await page.getByRole('dialog', { name: 'Upgrade Google Chrome' }).getByText('Status').waitFor();
  });

  await check('an old link to a tab that is none shows the first one; a device tells its worst CVEs and its alerts', async () => {
    await visit(page, base, '/software/google-_-chrome?tab=nonsense');
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor();
    await page.getByText('Weaknesses by severity').waitFor();
    const { value: [alert] } = await (await fetch(`${base}/api/alerts?$filter=status eq 'New'&$top=1`)).json();
    await visit(page, base, `/devices/${alert.machineId}?tab=nonsense`);
    await page.getByRole('table', { name: 'Active alerts' }).getByRole('link', { name: alert.title }).waitFor();
    await page.getByRole('table', { name: 'Top vulnerabilities' }).getByRole('link').first().click();
    await page.getByText('Why ' + alert.computerDnsName + ' has it').waitFor();
    await visit(page, base, `/devices/${alert.machineId}?tab=alerts`);
    expect((await page.getByRole('columnheader').allInnerTexts()).join() === 'Alert,Severity,Status,Category,Assigned to,Time', 'the alerts of one device name it in each row');
  });

  await check('the devices of a baseline are those of its system', async () => {
    const { value: [linux] } = await (await fetch(`${base}/api/machines?$filter=startswith(computerDnsName,'lx-')&$top=1&$select=id`)).json();
    const { value: [windows] } = await (await fetch(`${base}/api/machines?$filter=startswith(computerDnsName,'ws-')&$top=1&$select=id`)).json();
    for (const [{ id }, profile] of [[linux, 'Linux'], [windows, 'Windows']]) {
      await visit(page, base, `/devices/${id}?tab=baselines`);
      await rows(page).first().waitFor();
      const profiles = new Set((await rows(page).locator('td:nth-child(3)').allInnerTexts()).map((text) => /for (\w+)/.exec(text)?.[1]));
      expect([...profiles].join() === profile, `a ${profile} device is judged by ${[...profiles]}`);
    }
  });

  await check('a browser extension: one row, what it asks for, where it is and for whom it is on', async () => {
    await visit(page, base, '/software?tab=extensions');
    const row = page.locator('tr[data-row]', { hasText: 'Page Painter' });
    expect((await row.count()) === 1, 'not one row for one extension');
    // Two devices have it; on the first it is on for the second user only. Addresses of all sites make it high.
    expect(/^Page PainterChrome21High4/.test((await row.innerText()).replace(/\s*\n\s*|\t/g, '')), JSON.stringify(await row.innerText()));
    expect(/Not known/.test(await page.locator('tr[data-row]', { hasText: 'Quiet Reader' }).innerText()), 'a risk of which no sensor told');
    await row.locator('.row-open').click();
    const panel = page.getByRole('dialog', { name: 'Page Painter' });
    await panel.getByText('All web sites').waitFor();
    await panel.getByText('Asked for when it is used.').waitFor();
    await panel.getByText('No description is known.').waitFor();
    const installed = panel.getByRole('table', { name: 'Installed devices' }).locator('tbody tr');
    await installed.nth(1).waitFor();
    const devices = await installed.allInnerTexts();
    expect(devices.length === 2 && /zz-browser-1\s+1\.0\s+Yes/.test(devices[0]) && /zz-browser-2\s+2\.0\s+No/.test(devices[1]), devices.join(' | '));
    await panel.getByRole('table', { name: 'Versions' }).getByText('2.0').waitFor();
    await accessible();
    await page.keyboard.press('Escape');
    await page.locator('tr[data-row]', { hasText: '<img src=x' }).locator('.row-open').click();
    await page.getByText("<script>pwned('permission')</script>").first().waitFor();
    await visit(page, base, '/software?tab=extensions&risk=unknown');
    await page.locator('tr[data-row]', { hasText: 'Quiet Reader' }).waitFor();
    for (const text of await rows(page).allInnerTexts()) expect(/Not known/.test(text), `its risk is known: ${text}`);
    await visit(page, base, '/devices?q=zz-browser-1');
    await rows(page).first().locator('.row-open').click();
    await page.getByRole('tab', { name: 'Inventories' }).click();
    await page.getByRole('tab', { name: 'Browser extensions' }).click();
    await page.locator('tr[data-row]', { hasText: 'Page Painter' }).locator('.row-open').click();
    await panel.getByText('All web sites').waitFor();
  });

  await check('a vulnerable component: where its copies lie', async () => {
    const of = (name, version, path) => JSON.stringify({ merlon_report: 1, identifier: name, name, os: { distribution: 'debian', version: '12' }, software: [{ source: 'maven', name: 'org.apache.logging.log4j:log4j-core', version, purl: `pkg:maven/org.apache.logging.log4j/log4j-core@${version}`, path }] });
    // Both at once: what one pass matches is not waited for until the next.
    const both = [of('zz-lib-1', '2.14.1', "/opt/<script>pwned('file')</script>/log4j-core.jar"), of('zz-lib-2', '2.99.0', '/srv/app/log4j-core.jar')];
    await fetch(`${base}/api/merlon/reports`, { method: 'POST', headers: { 'Content-Type': 'application/x-ndjson' }, body: both.join('\n') });
    await visit(page, base, '/software?tab=components&language=maven');
    await page.locator('tr[data-row]', { hasText: 'log4j-core' }).locator('.row-open').click();
    const panel = page.getByRole('dialog', { name: 'log4j-core' });
    await panel.getByText("/opt/<script>pwned('file')</script>/log4j-core.jar").waitFor();
    // Others of the fleet have it too; vulnerable copies come first. A file is there before it is known what is wrong with it.
    const [{ id }] = (await (await fetch(`${base}/api/vulnerableComponents?$filter=name eq 'log4j-core'`)).json()).value;
    let files;
    const inOrder = async () => {
      files = (await (await fetch(`${base}/api/vulnerableComponents/${encodeURIComponent(id)}/files?$top=10000`)).json()).value;
      const [ours, fixed] = ['zz-lib-1', 'zz-lib-2'].map((name) => files.findIndex(({ computerDnsName }) => computerDnsName === name));
      return ours >= 0 && files[ours].weaknesses > 0 && fixed > ours && files[fixed].weaknesses === 0;
    };
    await until(inOrder, () => JSON.stringify(files));
    await panel.getByRole('table', { name: 'Files' }).locator('tr', { hasText: 'zz-lib-1' }).getByText(/^[1-9]/).last().waitFor();
    await accessible();
    await visit(page, base, '/software?tab=components&language=gem');
    await page.getByText('Nothing fits').waitFor();
  });

  await check('feeds are fetched when somebody asks, and the screen says how far that is', async () => {
    // The server of this test reaches no publisher (suite feeds-update has one): what it would answer.
    const asked = [];
    await page.route('**/api/feeds/update', (route) => {
      asked.push(route.request().postData());
      return route.fulfill({ status: 202, contentType: 'application/json', body: '{"feeds":["kev"]}' });
    });
    await page.route('**/api/feeds', async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      if (asked.length) Object.assign(body.value.find(({ name }) => name === 'kev'), { atWork: 'fetching', bytesFetched: 1_500_000, bytesTotal: 3_000_000 });
      return route.fulfill({ response, json: body });
    });
    await visit(page, base, '/feeds');
    await page.getByRole('button', { name: 'Fetch now' }).click();
    await page.getByText('fetching, 1.5 MB of 3 MB').waitFor();
    await accessible();
    expect(asked.length === 1 && asked[0] === '{}', asked.join());
    await page.unrouteAll({ behavior: 'ignoreErrors' }); // the screen may be asking again
  });

  await check('remediation and exception by a key', async () => {
    await visit(page, base, '/recommendations');
    await rows(page).first().waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-row') !== null);
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: /^Remediation: / }).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog', { name: /^Remediation: / }).waitFor({ state: 'detached' });
    await page.keyboard.press('e');
    await page.getByRole('dialog', { name: /^Exception: / }).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog', { name: /^Exception: / }).waitFor({ state: 'detached' });
    // Of a row whose panel is open already, too.
    await rows(page).first().focus();
    await page.keyboard.press('r');
    await page.getByRole('dialog', { name: /^Remediation: / }).waitFor();
  });

  await check('a finding is called wrong, goes, and comes back', async () => {
    await visit(page, base, '/weaknesses?open=CVE-2025-5419');
    await page.getByRole('button', { name: 'This is wrong' }).first().click();
    const form = page.getByRole('dialog', { name: /^This is wrong/ });
    await form.getByText('would go').waitFor();
    await form.getByLabel('Reason').fill('<img src=x onerror=pwned(4)>');
    await accessible();
    await form.getByRole('button', { name: 'Save the correction' }).click();
    await form.waitFor({ state: 'detached' });
    await visit(page, base, '/remediation?tab=corrections');
    await page.getByText('<img src=x onerror=pwned(4)>').first().waitFor();
    await page.getByRole('button', { name: 'Remove' }).first().click();
    await page.getByText('<img src=x onerror=pwned(4)>').first().waitFor({ state: 'detached' });
  });

  await check('a device says what to bring to which version, and what was asked for until when', async () => {
    const { value: advised } = await (await fetch(`${base}/api/recommendations?$filter=${encodeURIComponent("remediationType eq 'Update' and exposedMachinesCount gt 1")}&$top=1`)).json();
    const { value: [device] } = await (await fetch(`${base}/api/recommendations/${encodeURIComponent(advised[0].id)}/machineReferences?$top=1`)).json();
    const { id } = await (await fetch(`${base}/api/remediationTasks`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ recommendationId: advised[0].id, priority: 'High', dueOn: '2031-05-02T23:59:59Z', owner: 'bert' }) })).json();
    await visit(page, base, `/devices/${device.id}`);
    const due = page.getByRole('table', { name: 'Remediation due' }).locator('tbody tr', { hasText: advised[0].recommendationName });
    expect(/High\s*bert\s*May 2, 2031/.test(await due.innerText()), await due.innerText());
    await visit(page, base, `/devices/${device.id}?tab=recommendations&q=${encodeURIComponent(advised[0].recommendationName)}`);
    // What is installed and what fixes it are those of this device, and so is the number of weaknesses.
    const { value: [own] } = await (await fetch(`${base}/api/machines/${device.id}/recommendations?$select=installedVersions,machineRecommendedVersion,machineRecommendedVersionReason,machineWeaknesses&$filter=${encodeURIComponent(`id eq '${advised[0].id}'`)}`)).json();
    const { value: findings } = await (await fetch(`${base}/api/machines/${device.id}/findings?$top=1000`)).json();
    const through = findings.filter(({ productVendor, productName }) => `va-_-${productVendor}-_-${productName}` === advised[0].id);
    expect(own.installedVersions.length > 0 && own.machineWeaknesses === new Set(through.map(({ cveId }) => cveId)).size && through.some((one) => [one.fixedVersion, one.hotfix].includes(own.machineRecommendedVersion)), JSON.stringify([own, through]));
    const row = await rows(page).first().innerText();
    expect([own.installedVersions[0], own.machineRecommendedVersion].every((version) => row.includes(version)), row);
    await visit(page, base, `/recommendations?open=${encodeURIComponent(advised[0].id)}`);
    const panel = page.getByRole('dialog', { name: advised[0].recommendationName });
    await panel.getByRole('columnheader', { name: 'Installed version' }).waitFor();
    const [exposed] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Export' }).click()]);
    const listed = readFileSync(await exposed.path(), 'utf8').trim().split('\r\n');
    expect(listed[0].endsWith('Group,Installed version,Go to version,Why') && listed.some((line) => line.includes(device.id) && line.endsWith([own.installedVersions.join('; '), own.machineRecommendedVersion, own.machineRecommendedVersionReason ?? ''].join())), listed.slice(0, 4).join('\n'));
    // In a file times are the API's and counts two numbers: "0/12" is a date to a spreadsheet.
    await visit(page, base, '/remediation');
    await rows(page).filter({ hasText: advised[0].recommendationName }).first().waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export all rows as CSV' }).click()]);
    const [head, ...lines] = readFileSync(await file.path(), 'utf8').trim().split('\r\n');
    expect(head.includes('Fixed devices,Targeted devices,Due on') && lines.some((line) => /,0,\d+,2031-05-02T23:59:59\.0000000Z,High/.test(line)), [head, ...lines].join('\n'));
    await fetch(`${base}/api/remediationTasks/${id}/cancel`, { method: 'POST' });
  });

  await check('devices that are silent or excluded are counted apart on the dashboard', async () => {
    const sizeOf = async (filter) => Number((await (await fetch(`${base}/api/machines/$count?$filter=${encodeURIComponent(filter)}`)).text()).replace(/\D/g, ''));
    const { value: [one] } = await (await fetch(`${base}/api/machines?$filter=${encodeURIComponent("counted eq true and exposureLevel eq 'High'")}&$top=1`)).json();
    const shown = async () => {
      await visit(page, base, '/');
      const card = page.locator('.card', { hasText: 'Device exposure distribution' });
      await card.getByText('not counted').waitFor();
      return card.innerText();
    };
    await fetch(`${base}/api/machines/${one.id}/exclude`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"justification": "OutOfScope", "note": "of a test"}' });
    const [counted, aside] = [await sizeOf('counted eq true'), await sizeOf('counted eq false')];
    const text = await shown();
    expect(text.includes(String(counted)) && new RegExp(`${aside} devices? (is|are) not counted`).test(text), text);
    await page.locator('.card', { hasText: 'Device exposure distribution' }).getByRole('link', { name: `${aside} device` }).click();
    await rows(page).filter({ hasText: one.computerDnsName }).waitFor();
    expect((await page.textContent('.list-count')).startsWith(`${aside} row`), await page.textContent('.list-count'));
    await fetch(`${base}/api/machines/${one.id}/include`, { method: 'POST' });
  });

  await check('notifications: a chat is added, a rule of a device group is made, changed, and says so', async () => {
    await visit(page, base, '/settings?tab=notifications');
    await page.getByRole('button', { name: 'Add a channel' }).click();
    const channel = page.getByRole('dialog', { name: 'Add a channel' });
    await channel.getByLabel('Name').fill('zz chat');
    await channel.getByLabel('Kind').selectOption('Microsoft Teams');
    await channel.getByRole('textbox', { name: /^Address/ }).fill('https://hooks.example.org/zz?key=hidden');
    await channel.getByRole('button', { name: 'Add', exact: true }).click();
    await channel.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const rule = page.getByRole('dialog', { name: 'Add a rule' });
    await rule.getByLabel('Name').fill('zz weekly');
    await rule.getByRole('checkbox', { name: 'Every Monday: what the week brought' }).check();
    await rule.getByRole('radio', { name: 'Some device groups' }).check();
    await rule.getByRole('checkbox', { name: 'Servers' }).check();
    await rule.getByRole('checkbox', { name: 'zz chat' }).check();
    await accessible();
    await rule.getByRole('button', { name: 'Add', exact: true }).click();
    await rule.waitFor({ state: 'detached' });
    const row = page.getByRole('table', { name: 'Rules', exact: true }).locator('tbody tr', { hasText: 'zz weekly' });
    expect(/Every Monday: what the week brought\s*Servers\s*On\s*zz chat/.test(await row.innerText()), await row.innerText());
    await row.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('dialog', { name: 'Change zz weekly' });
    await change.getByRole('checkbox', { name: 'An exploit was added to an exploit kit' }).check();
    await change.getByLabel('From severity').selectOption('High');
    await change.getByRole('radio', { name: 'All devices' }).check();
    await change.getByRole('button', { name: 'Save' }).click();
    await change.waitFor({ state: 'detached' });
    await row.getByText('An exploit was added to an exploit kit').waitFor();
    expect(/High\s*All\s*On\s*zz chat/.test(await row.innerText()), await row.innerText());
    await row.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    const gone = page.getByRole('table', { name: 'Channels' }).locator('tbody tr', { hasText: 'zz chat' });
    expect(!(await gone.innerText()).includes('hidden'), 'the address lies open');
    await gone.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog', { name: 'Remove zz chat?' }).getByRole('button', { name: 'Remove' }).click();
    await gone.waitFor({ state: 'detached' });
  });

  await check('of the updates that a device lacks those come last that another one brings with it', async () => {
    const { value: kbs } = await (await fetch(`${base}/api/Software/microsoft-_-windows_10/getmissingkbs`)).json();
    expect(kbs.some(({ name }) => name === 'KB5043064'), `no device lacks KB5043064: ${kbs.map(({ name }) => name)}`);
    const { value: machines } = await (await fetch(`${base}/api/machines?$filter=${encodeURIComponent("osPlatform eq 'Windows10'")}&$select=id`)).json();
    for (const { id } of machines) {
      const { value: own } = await (await fetch(`${base}/api/machines/${id}/getmissingkbs`)).json();
      if (!['KB5043064', 'KB5058379'].every((kb) => own.some(({ name }) => name === kb))) continue;
      await visit(page, base, `/devices/${id}?tab=kbs`);
      const row = rows(page).filter({ hasText: 'KB5043064' });
      await row.waitFor();
      expect(/KB5058379/.test(await row.locator('td').last().innerText()), await row.innerText());
      const names = await rows(page).locator('td:first-child').allInnerTexts();
      expect(names.length === own.length && names.indexOf('KB5043064') > names.indexOf('KB5058379') && names.indexOf('KB5043064') >= own.length - 2, names.join());
      return;
    }
    throw new Error('no device lacks both');
  });

  await check('the report of vulnerable devices is saved as a file', async () => {
    await visit(page, base, '/reports');
    await page.getByText('Severity of vulnerabilities').waitFor();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save as file' }).click()]);
    const text = readFileSync(await file.path(), 'utf8');
    expect(file.suggestedFilename() === 'merlon-vulnerable-devices.html' && text.includes('Severity of vulnerabilities') && !/<script|<button/.test(text), text.slice(0, 300));
  });
}
