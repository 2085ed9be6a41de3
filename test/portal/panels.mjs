// What stands beside the lists: the panel of a product and of a device group, trends that tell their days, roles, and every
// list as a query.
import { fill, go, rows, settled, tabTo, visit } from './page.mjs';

// Sixty days of a score, the newest first, in the server's form.
const days = (one, value) => Array.from({ length: 60 }, (_, i) => ({ ...one, id: `day-${i}`, date: new Date(Date.UTC(2026, 2, 1) - i * 86_400_000).toISOString(), ...value(i) }));

export async function panels({ page, base, check, expect, until, accessible }) {
  await check('a product has a panel: weaknesses, versions, devices, and the way to its page', async () => {
    await visit(page, base, '/software?q=chrome');
    await rows(page).getByText('Google Chrome').click();
    const panel = page.getByRole('dialog', { name: 'Google Chrome' });
    for (const name of ['Top weaknesses', 'Versions', 'Installed devices', 'Security recommendations']) await panel.getByRole('table', { name }).waitFor();
    expect(/CVE-\d{4}-\d+/.test(await panel.getByRole('table', { name: 'Top weaknesses' }).innerText()), 'no CVE');
    await accessible();
    expect(await page.locator('tr.open').evaluate((row) => getComputedStyle(row).backgroundColor) !== 'rgba(0, 0, 0, 0)', 'the open row is not told apart');
    // It holds the focus, closes with Escape, and gives the focus back to its row.
    expect(await panel.evaluate((box) => box.contains(document.activeElement)), 'the focus is elsewhere');
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
    await page.waitForFunction(() => !!document.activeElement?.closest('tr[data-row]'));
    await page.keyboard.press('Enter');
    await panel.getByRole('link', { name: 'Open software page' }).click();
    await page.getByRole('tab', { name: 'Version distribution' }).waitFor();
    // A number leads to the list of what it counts.
    for (const [name, list] of [[/^[\d,]+ \([\d.]+%\)$/, 'Installed devices'], [/^High/, 'Discovered vulnerabilities']]) {
      const figure = page.locator('.cards').getByRole('link', { name });
      await figure.waitFor();
      const counted = Number.parseInt((await figure.locator('xpath=ancestor::*[self::dd or self::li][1]').innerText()).replace(/[^\d(]/g, ''), 10);
      await figure.click();
      await page.getByRole('tab', { name: list, selected: true }).waitFor();
      await until(async () => Number.parseInt((await page.textContent('.list-count')).replaceAll(',', ''), 10) === counted, async () => `${counted} in the figure, ${await page.textContent('.list-count')} in the list of ${list}`);
      await page.getByRole('tab', { name: 'Overview' }).click();
    }
  });

  await check('a product as a whole is reported as wrong, with its effect before', async () => {
    await visit(page, base, '/software/google-_-chrome');
    await page.getByRole('button', { name: 'Report inaccuracy' }).click();
    const form = page.getByRole('dialog', { name: 'This is wrong: Google Chrome' });
    await form.getByText(/[1-9][\d,]* findings on .* would go/).waitFor();
    await form.getByRole('radio', { name: 'One version' }).check();
    await form.getByLabel('Version', { exact: true }).selectOption({ index: 1 });
    await form.getByRole('textbox', { name: 'Reason' }).fill('<b>not ours</b>');
    await accessible();
    await form.getByRole('button', { name: 'Save the correction' }).click();
    await form.waitFor({ state: 'detached' });
    const { value } = await (await fetch(`${base}/api/corrections?origin=local`)).json();
    const made = value.find(({ reason }) => reason === '<b>not ours</b>');
    expect(made && !made.cveId && made.version && made.product === 'chrome', JSON.stringify(value));
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('Taken back.').waitFor();
  });

  await check('trends tell the value of a day, by pointer and by keys, and lead to its events', async () => {
    const one = { rbacGroupName: null, level: 'High', devices: 60, weight: 60, change: -1, changes: [{ cause: 'Remediated', points: -1.5 }] };
    await page.route('**/api/exposureScore/history*', (route) => route.fulfill({ json: { value: days(one, (i) => ({ score: 70 - i / 2 })) } }));
    await page.route('**/api/configurationScore/history*', (route) => route.fulfill({ json: { value: days(one, (i) => ({ score: 300 + i, possible: 500 })) } }));
    await visit(page, base, '/');
    const secure = page.getByRole('slider', { name: /^The secure score/ });
    await secure.hover({ position: { x: 1, y: 30 } });
    await page.getByText('Jan 1, 2026: 71.8%, 359.0 of 500 points').waitFor();
    const exposure = page.getByRole('slider', { name: /^The exposure score/ });
    await exposure.focus();
    await page.keyboard.press('ArrowLeft');
    await page.getByText('Feb 28, 2026: 69.5, remediated \u22121.5').waitFor();
    expect((await exposure.getAttribute('aria-valuetext')).startsWith('Feb 28, 2026: 69.5'), 'a screen reader is not told');
    await accessible();
    await page.keyboard.press('Enter');
    await page.waitForURL(/timeline\?between=2026-02-28\.\.2026-02-28/);
    await visit(page, base, '/settings?tab=groups');
    await page.getByRole('button', { name: 'Servers' }).click();
    const panel = page.getByRole('dialog', { name: 'Servers' });
    await panel.getByRole('slider', { name: /^The exposure score of Servers/ }).waitFor();
    await panel.getByRole('slider', { name: /^The secure score of Servers/ }).waitFor();
    await panel.getByRole('table', { name: 'Top security recommendations' }).waitFor();
    await accessible();
    await page.unroute('**/api/exposureScore/history*');
    await page.unroute('**/api/configurationScore/history*');
  });

  await check('what is printed is in light colours, whatever the screen is', async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await visit(page, base, '/');
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect((await theme()) === 'dark', await theme());
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'light' && getComputedStyle(document.querySelector('.card')).backgroundColor === 'rgb(255, 255, 255)');
    await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
  });

  await check('roles side by side, and one of our own', async () => {
    await visit(page, base, '/settings?tab=roles');
    const row = page.getByRole('row', { name: /^Exception handling/ });
    expect(/Manage[\s\S]*Manage[\s\S]*\u2013[\s\S]*View/.test(await row.innerText()), await row.innerText());
    await page.getByRole('button', { name: 'Add a role' }).click();
    const form = page.getByRole('dialog', { name: 'Add a role' });
    await form.getByRole('textbox', { name: 'Name' }).fill('<i>Auditors</i>');
    await form.getByLabel(/^Exception handling/).selectOption('View');
    await form.getByLabel(/^Audit/).selectOption('Yes');
    await accessible();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('columnheader', { name: '<i>Auditors</i>' }).waitFor();
    const { value } = await (await fetch(`${base}/api/merlon/roles`)).json();
    expect(JSON.stringify(value.find(({ name }) => name === '<i>Auditors</i>').permissions) === '["Exception.Read.All","Merlon.Audit.Read"]', JSON.stringify(value));
    await page.getByRole('button', { name: 'Remove <i>Auditors</i>' }).click();
    await page.getByRole('columnheader', { name: '<i>Auditors</i>' }).waitFor({ state: 'detached' });
  });

  await check('every list is a query that gives its rows', async () => {
    const run = async (Query) => (await (await fetch(`${base}/api/advancedqueries/run`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Query }) })).json()).Results;
    // How many rows the list of a screen has, and the query that it opens as.
    const both = async (path) => {
      await go(page, path);
      const counted = Number((await page.textContent('.list-count')).replace(/\D/g, ''));
      await page.evaluate(() => localStorage.removeItem('merlon.hunting.tabs'));
      await page.getByRole('button', { name: 'Open in hunting' }).click();
      await page.waitForURL(/\/hunting/);
      const query = await (await page.waitForFunction(() => {
        const { tabs, at } = JSON.parse(localStorage.getItem('merlon.hunting.tabs') ?? '{"tabs": []}');
        return tabs.find(({ id, text }) => id === at && text)?.text;
      })).jsonValue();
      return { counted, query };
    };
    await visit(page, base, '/');
    const { value: [device] } = await (await fetch(`${base}/api/machines?$filter=startswith(computerDnsName,'ws-')&$orderby=exposureScore desc&$top=1&$select=id`)).json();
    for (const path of ['/remediation?status=Overdue&priority=High&q=x', '/remediation?tab=exceptions&status=InEffect&kind=Recommendation&q=x', '/remediation?tab=late&q=cve',
      '/timeline?type=NewVulnerability&when=30&share=10&between=2026-01-01..&group=Servers&q=x', '/software/google-_-chrome?tab=events', '/alerts?status=New&q=ws', '/alerts?tab=detections&severity=High&state=true&q=x',
      '/feeds?q=starter', '/settings?tab=audit&outcome=denied&q=x', '/settings?tab=agents&q=x',
      '/recommendations', '/recommendations?tags=EOS+versions&tags=Pending+restart&type=Upgrade&status=Active&threats=kit&threats=alert&threats=kev&category=Application&platform=Windows&software=google&q=chrome',
      '/weaknesses', '/weaknesses?severity=Critical&severity=High&software=google+chrome&tags=KnownExploited&threats=kev&platform=Windows&published=2020-01-01..2026-01-01&detected=2001-01-01..&exception=RemediationRequired&cvss=7&epss=0.1&q=cve', '/weaknesses?all=1&cvss=9&threats=kev',
      '/devices?exposure=High&platform=Windows11&group=Unassigned&value=Normal&health=Active&excluded=false', '/devices?restart=true', '/software?tags=EOS+versions&threats=kev&platform=Windows&q=micro', '/software?code=yes&weaknesses=weak', '/software?tab=components&language=maven',
      '/software?tab=certificates&state=d30&state=weak&state=self&q=x', '/software?tab=shares&by=scid-4001&by=nothing', '/software/google-_-chrome?tab=versions&support=ended', '/software/google-_-chrome?tab=devices&exposed=true', '/software/google-_-chrome?tab=vulnerabilities&threats=kev',
      '/configuration?state=failing&category=SecurityControls', '/configuration/baselines/windows-level-1?tab=settings&state=bad',
      `/devices/${device.id}?tab=recommendations&status=Active`, `/devices/${device.id}?tab=inventory&state=weak`, `/devices/${device.id}?tab=vulnerabilities&threats=public&fix=yes`, `/devices/${device.id}?tab=configuration&result=bad`, `/devices/${device.id}?tab=baselines&result=bad&profile=level 1`]) {
      const { counted, query } = await both(path);
      expect(/^(Merlon|Device)/.test(query), `${path}: ${query}`);
      const found = await run(query);
      expect(found?.length === counted, `${path}: ${counted} in the list, ${found?.length} of ${query}`);
    }
    expect((await both('/devices?group=Unassigned')).counted > 0, 'no device without a group');
    // What no table tells is said in the query.
    const { query } = await both('/configuration?platform=linux');
    expect(/^\/\/ The filter "OS platform" of the list is not in this query/.test(query) && (await run(query)).length > 0, query);
    await page.evaluate(() => localStorage.clear());
  });

  await check('exposed devices over time, what threatens them, the score around an event, and the way from a category to its advice', async () => {
    const exposed = (from, to) => [['2026-02-01', from], ['2026-03-01', to]].map(([date, exposedMachinesCount]) => ({ date, exposedMachinesCount }));
    await page.route(/\/api\/(recommendations|software)\?/, async (route) => {
      const response = await route.fetch();
      const body = await response.json();
      body.value?.forEach((one, i) => Object.assign(one, { exposedMachinesByDay: i ? exposed(20, 30) : exposed(50, 10) }));
      await route.fulfill({ response, json: body });
    });
    await page.route(/\/api\/recommendations\/[^/]*\/history/, (route) => route.fulfill({ json: { value: exposed(50, 10) } }));
    const week = Array.from({ length: 9 }, (_, i) => ({ id: String(i), date: new Date(Date.now() - i * 86_400_000).toISOString(), rbacGroupName: null, level: 'High', score: 60 - i, devices: 60, weight: 60, change: 1, changes: [] }));
    await page.route('**/api/exposureScore/history*', (route) => route.fulfill({ json: { value: week } }));
    const sparks = (name) => page.getByRole('img', { name }).evaluateAll((all) => all.map((one) => one.getAttribute('class')));
    await visit(page, base, '/recommendations?q=upgrade');
    expect((await sparks('Exposed devices: 50 on Feb 1, 2026, 10 on Mar 1, 2026')).join() === 'spark good', 'what falls is not green');
    expect((await sparks('Exposed devices: 20 on Feb 1, 2026, 30 on Mar 1, 2026'))[0] === 'spark bad', 'what rises is not red');
    await rows(page).getByText('Upgrade Google Chrome').click();
    const panel = page.getByRole('dialog', { name: 'Upgrade Google Chrome' });
    await panel.getByRole('slider', { name: 'Exposed devices of the last 180 days' }).waitFor();
    await panel.getByRole('table', { name: 'Active alerts' }).getByRole('link').first().waitFor();
    await accessible();
    await visit(page, base, '/recommendations?threats=kit');
    await rows(page).first().locator('.row-open').click();
    await page.locator('.panel section', { hasText: 'Insights' }).getByText('Metasploit has').first().waitFor();
    await visit(page, base, '/timeline?type=NewVulnerability');
    await page.getByRole('img', { name: /^Exposure score: [\d.]+ on / }).first().waitFor();
    await rows(page).first().locator('.row-open').click();
    await page.getByRole('table', { name: /^Devices exposed through .* now$/ }).getByRole('link').first().waitFor();
    await visit(page, base, '/');
    await page.getByRole('table', { name: 'Top vulnerable software' }).getByRole('img', { name: /^Exposed devices: / }).first().waitFor();
    await page.locator('.card', { hasText: 'Secure score for devices' }).getByRole('link', { name: 'Network' }).click();
    await page.waitForURL(/recommendations\?type=ConfigurationChange&category=Network&sort=-impact/);
    await settled(page);
    const points = (await page.locator('tr[data-row] .impact').allInnerTexts()).map(Number);
    expect(points.length > 5 && points.every((one, i) => !i || points[i - 1] >= one), `not the most points first: ${points}`);
    await page.unrouteAll({ behavior: 'wait' });
    const { value: [{ id }] } = await (await fetch(`${base}/api/machines?$filter=startswith(computerDnsName,'ws-')&$top=1&$select=id`)).json();
    await visit(page, base, `/devices/${id}?tab=vulnerabilities&columns=cve.cvss.age.updated`);
    expect(/CVE-\d+-\d+\s+\d+\.\d\s+[\d,]+\s+\w+ \d+, \d+/.test(await rows(page).first().innerText()), await rows(page).first().innerText());
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Hunt for its weaknesses' }).click();
    await page.waitForFunction((device) => document.querySelector('.cm-content')?.textContent?.includes(`DeviceId == "${device}"`), id);
  });

  await check('recommendations are advice, and built-in queries have titles', async () => {
    const { value } = await (await fetch(`${base}/api/recommendations?$filter=remediationType eq 'ConfigurationChange'&$top=300`)).json();
    expect(value.length > 20, `${value.length} of configurations`);
    for (const { recommendationName: name } of value) expect(!/ (is|are) (on|off)( |$)/.test(name), `a fact, no advice: ${name}`);
    await visit(page, base, '/hunting');
    await page.getByRole('tab', { name: 'Queries' }).click();
    await page.getByText('Most exposed devices', { exact: true }).first().waitFor();
    await page.getByText('The twenty devices with the most distinct CVEs').first().waitFor();
  });

  await check('several devices are tagged and excluded at once, and that is taken back', async () => {
    await visit(page, base, '/devices');
    for (const n of [0, 1]) await rows(page).nth(n).getByRole('checkbox').check();
    const tray = page.getByRole('region', { name: 'Ticked devices' });
    await tray.getByText('2 devices').waitFor();
    await tray.getByRole('button', { name: 'Add a tag' }).click();
    const form = page.getByRole('dialog', { name: 'Tag 2 devices' });
    await form.getByRole('textbox', { name: 'Tag' }).fill('<b>pair</b>');
    await accessible();
    await form.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('2 devices tagged <b>pair</b>.').first().waitFor();
    const tagged = async () => (await (await fetch(`${base}/api/machines?$filter=machineTags/any(t: t eq '<b>pair</b>')&$select=id`)).json()).value.length;
    expect((await tagged()) === 2, `${await tagged()} devices are tagged`);
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('Taken back.').first().waitFor();
    expect((await tagged()) === 0, 'the tag stayed');
    await tray.getByRole('button', { name: 'Exclude' }).click();
    await page.getByRole('dialog', { name: 'Exclude 2 devices' }).getByRole('button', { name: 'Exclude' }).click();
    await page.getByText('2 devices excluded.').first().waitFor();
    await tray.getByRole('button', { name: 'Include again' }).click();
    await page.getByText('2 devices counted again.').first().waitFor();
    await tray.getByRole('button', { name: 'Clear' }).click();
    await tray.waitFor({ state: 'detached' });
  });

  // By the keyboard alone, and with a server that refuses the first time: what was typed is there with the refusal, the same is taken the
  // second time or the form is closed, and the focus is where it was before.
  await check('each form is opened, filled, refused, sent and closed by keys, and a refusal loses nothing that was typed', async () => {
    let refusing = false;
    await page.route((url) => url.pathname.startsWith('/api/') && !/preview|whatIf|dryRun/.test(url.pathname), (route) => (refusing && route.request().method() !== 'GET'
      ? route.fulfill({ status: 409, headers: { 'X-Request-Id': 'abc-7' }, contentType: 'application/json', body: '{"error":{"code":"Conflict","message":"Not like this."}}' }) : route.fallback()));
    const { value: [device] } = await (await fetch(`${base}/api/machines?$orderby=computerDnsName&$top=1`)).json();
    let opener; // what had the focus when the form was opened
    const press = async (name) => {
      await tabTo(page, name);
      await page.keyboard.press('Enter');
    };
    const menu = async (first, ...others) => {
      await tabTo(page, first);
      opener = await page.evaluateHandle(() => document.activeElement);
      await page.keyboard.press('Enter');
      for (const name of others) {
        await tabTo(page, name, 'ArrowDown');
        await page.keyboard.press('Enter');
      }
    };
    const tick = async () => {
      for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    };
    const row = async (key) => {
      await page.keyboard.press('j');
      opener = await page.waitForFunction(() => document.activeElement?.hasAttribute('data-row') && document.activeElement);
      await page.keyboard.press(key);
    };
    // Where, how it is opened, its name, what is typed into which fields (or which keys are pressed there), what sends it; and where it is
    // sent again, what is told then.
    for (const [path, open, name, fields, send, done] of [
      [`/devices/${device.id}`, () => menu('Manage tags'), /^Tags of /, { 'New tag': 'zz typed' }, 'Save', 'The tags are saved.'],
      [`/devices/${device.id}`, () => menu('More', 'Exclude ...'), /^Exclude /, { Note: 'zz typed' }, 'Exclude', 'It is excluded.'],
      ['/devices', async () => { await tick(); await menu('Add a tag'); }, 'Tag 2 devices', { Tag: 'zz typed' }, 'Add', '2 devices tagged zz typed.'],
      ['/devices', () => menu('Exclude'), 'Exclude 2 devices', { Note: 'zz typed' }, 'Exclude', '2 devices excluded.'],
      ['/recommendations', () => row('r'), /^Remediation: /, { Notes: 'zz typed' }, 'Ask for it'],
      ['/recommendations', () => row('e'), /^Exception: /, { Context: 'zz typed' }, 'Make the exception'],
      ['/software/google-_-chrome', () => menu('Report inaccuracy'), /^This is wrong: /, { Reason: 'zz typed' }, 'Save the correction'],
      ['/configuration?tab=baselines', () => menu('New profile'), 'New baseline profile', { Name: 'zz typed' }, 'Make it'],
      ['/alerts?tab=detections', () => menu('New detection'), 'New detection', { Name: 'zz typed', Query: '\nzz typed', 'Try it': ['Enter'], Severity: ['ArrowUp'], Runs: ['ArrowDown'], 'Title of its alerts': 'zz typed', Description: 'zz typed', On: ['Space'] }, 'Make it'],
      ['/hunting', async () => { await tabTo(page, 'Query'); await page.keyboard.insertText('DeviceInfo'); opener = await page.evaluateHandle(() => document.activeElement); await page.keyboard.press('Control+s'); }, 'Save the query', { Name: 'zz typed', Description: 'zz typed', 'Share with everybody who may hunt': ['Space'] }, 'Save'],
      ['/settings?tab=roles', () => menu('Add a role'), 'Add a role', [['Name', 'zz typed'], ['All devices', ['ArrowRight']], ['Servers', ['Space']], [/^Exception handling/, ['ArrowDown']]], 'Add'],
      ['/settings', () => menu('Add a user'), 'Add a user', { 'User name': 'zz typed', Password: 'zz typed too long' }, 'Add'],
      ['/settings?tab=groups', () => menu('Add a group'), 'Add a device group', { Name: 'zz typed' }, 'Add'],
      ['/settings?tab=targets', () => menu('Add a target'), 'Add a target', { Name: 'zz typed' }, 'Add'],
      ['/settings?tab=agents', () => menu('New enrolment secret'), 'New enrolment secret', { For: 'zz typed' }, 'Make it'],
      ['/settings?tab=notifications', () => menu('Add a channel'), 'Add a channel', { Name: 'zz typed', Address: 'https://zz.example.org/typed' }, 'Add'],
    ]) {
      if (page.url() === 'about:blank') await visit(page, base, path);
      else if (!page.url().endsWith(path)) await go(page, path);
      await open();
      const form = page.getByRole('dialog', { name });
      await form.waitFor();
      await fill(page, fields);
      const held = () => form.locator('input, textarea, select').evaluateAll((all) => all.map(({ value, checked }) => `${value} ${checked ?? ''}`).join('; '));
      const typed = await held();
      refusing = true;
      if (await form.getByRole('button', { name: 'Review' }).count()) await press('Review');
      await press(send);
      await form.getByText('Not like this.').waitFor();
      await form.getByText('abc-7').waitFor();
      refusing = false;
      expect(await form.getByText('zz typed').count() || (typed.includes('zz typed') && (await held()) === typed), `${path}: of ${typed} there is ${await held()}`);
      if (done) {
        await press(send);
        await page.getByText(done).first().waitFor();
      } else await page.keyboard.press('Escape');
      await form.waitFor({ state: 'detached' });
      await page.waitForFunction(() => !document.querySelector('[aria-modal=true]') && document.activeElement !== document.body);
      if (await page.locator('.panel').count()) await page.keyboard.press('Escape');
      await page.waitForFunction((one) => document.activeElement === one, opener).catch(async () => { throw new Error(`${path}, ${name}: the focus is at ${await page.evaluate(() => document.activeElement.outerHTML.slice(0, 160))}`); });
      if (done) await page.keyboard.press('u');
    }
    const left = async () => (await (await fetch(`${base}/api/machines?$filter=${encodeURIComponent("isExcluded eq true or machineTags/any(t: t eq 'zz typed')")}&$select=id`)).json()).value.length;
    await until(async () => (await left()) === 0, async () => `${await left()} devices are not as they were`);
    await page.unrouteAll({ behavior: 'wait' });
  });

  await check('the report shows how it was, and a past day as it was', async () => {
    const day = (ago) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
    const asked = [];
    const alike = (ago, more) => ({ date: `${day(ago)}T00:00:00Z`, osPlatform: 'Linux', version: '12', severity: 'Medium', knownExploited: false, exploitAvailable: null, oldestInDays: 31, machines: 5, ...more });
    const windows = { osPlatform: 'Windows10', version: '22H2', severity: 'Critical', knownExploited: true, exploitAvailable: true, oldestInDays: 366, machines: 7 };
    await page.route('**/api/exposureScore/history?*', (route) => route.fulfill({ json: { value: [20, 10, 0].map((ago) => ({ date: `${day(ago)}T00:00:00Z` })) } }));
    await page.route('**/api/vulnerableDevices?*', (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('$filter'));
      return route.fulfill({ json: { value: [20, 0].flatMap((ago) => [alike(ago, windows), alike(ago), alike(ago, { severity: 'None', machines: 100 })]) } });
    });
    await visit(page, base, '/reports');
    const severity = page.getByRole('slider', { name: 'Severity over time' });
    await severity.focus();
    await page.keyboard.press('Home');
    await page.getByRole('region', { name: 'Severity over time' }).getByText('12 vulnerable devices').waitFor();
    expect((await severity.getAttribute('aria-valuetext')).endsWith('Low 0, Medium 5, High 0, Critical 7'), await severity.getAttribute('aria-valuetext'));
    expect(asked.includes([20, 10, 0].map((ago) => `(date eq ${day(ago)}T00:00:00Z)`).join(' or ')), asked.join());
    await page.getByRole('region', { name: 'OS platform over time' }).getByText('Windows 10').waitFor();
    await page.getByRole('region', { name: 'Windows version over time' }).getByText('Windows 10 22H2').waitFor();
    await page.getByRole('region', { name: 'Age over time' }).getByText('31 to 90 days').waitFor();
    await accessible();
    await visit(page, base, `/reports?asOf=${day(20)}`);
    await page.getByRole('region', { name: 'Severity of vulnerabilities' }).getByText('Medium').waitFor();
    expect(asked.at(-1) === `date eq ${day(20)}T00:00:00Z`, asked.at(-1));
    await page.unrouteAll({ behavior: 'wait' });
    await visit(page, base, `/reports?asOf=${day(1)}`);
    await page.getByText('Of that day no device with a vulnerability is remembered.').first().waitFor();
  });

  await check('the report counts each device once, and what each picture opens in hunting says the same', async () => {
    await visit(page, base, '/reports');
    const run = async (Query) => (await (await fetch(`${base}/api/advancedqueries/run`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Query }) })).json()).Results;
    const [{ exposed }] = await run('DeviceTvmSoftwareVulnerabilities | summarize exposed = dcount(DeviceId)');
    for (const name of ['Severity of vulnerabilities', 'Exploit availability', 'Known exploited', 'Age of vulnerabilities', 'Vulnerable devices by OS platform', 'Vulnerable devices by Windows version']) {
      const picture = page.getByRole('region', { name });
      const texts = await picture.locator('.bars-words').allInnerTexts();
      const bars = texts.map((text) => Number(text.split(' ')[0].replaceAll(',', '')));
      const kql = new URL(await picture.getByRole('link', { name: 'Open in hunting' }).getAttribute('href'), base).searchParams.get('query');
      const asked = (await run(kql)).map(({ Devices }) => Devices);
      expect(bars.toSorted().join() === asked.toSorted().join(), `${name}: ${bars.join()} are not ${asked.join()}`);
      // The devices of a bar are as many as it says.
      const listed = new URL(await picture.locator('.bars a').first().getAttribute('href'), base);
      if (listed.pathname === '/hunting') {
        const devices = await run(listed.searchParams.get('query'));
        expect(devices.length === bars[0], `${name}: ${devices.length} devices behind ${texts[0]}`);
      } else expect(listed.pathname === '/devices', listed.href);
      const sum = bars.reduce((all, devices) => all + devices, 0);
      expect(sum === exposed || name.endsWith('Windows version'), `${name}: ${texts.join()} are not ${exposed} devices`);
    }
  });
}
