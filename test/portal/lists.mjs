// On a server that nobody has claimed: lists, their filters and addresses, the keyboard, hostile texts, errors, and every screen in light and dark.
import { readFileSync } from 'node:fs';
import { fits, go, narrow, rows, screens, searchFor, settled, visit } from './page.mjs';

export async function lists({ page, base, check, expect, until, accessible, provoked }) {
  await check('device groups are chosen for every screen, and stay in the address', async () => {
    await visit(page, base, '/devices');
    const all = await page.textContent('.list-count');
    await page.getByRole('button', { name: /^Device groups: All/ }).click();
    await accessible();
    await page.getByRole('menuitemcheckbox', { name: 'Kiosks' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Device groups: Kiosks' }).waitFor();
    await page.waitForFunction((was) => document.querySelector('.list-count')?.textContent !== was && document.querySelector('tr[data-row]'), all);
    for (const text of await rows(page).allInnerTexts()) expect(text.includes('Kiosks'), `a device of another group: ${text}`);
    const whole = (text) => Number.parseInt(text.replaceAll(',', ''), 10);
    const few = whole(await page.textContent('.list-count'));
    // What is counted over devices counts these only; the address keeps the choice from screen to screen.
    await page.click('nav >> text=Recommendations');
    await page.getByRole('heading', { name: 'Security recommendations' }).waitFor();
    await settled(page);
    expect(new URL(page.url()).searchParams.get('scope') === 'Kiosks' && (await page.locator('tr[data-row] .share-figures').count()) > 0, page.url());
    for (const text of await page.locator('tr[data-row] .share-figures').allInnerTexts()) expect(whole(text.split('/')[1]) <= few, `${text} of ${few} devices`);
    await page.reload();
    await page.getByRole('button', { name: 'Device groups: Kiosks' }).waitFor();
    expect((await fetch(`${base}/api/machines?deviceGroups=no-such-group`)).status === 404, 'an unknown group is taken');
    const { value } = await (await fetch(`${base}/api/machines?deviceGroups=Kiosks&$select=rbacGroupName`)).json();
    expect(value.length === few && value.every(({ rbacGroupName }) => rbacGroupName === 'Kiosks'), `${value.length} devices, not ${few}`);
    await page.getByRole('button', { name: 'Device groups: Kiosks' }).click();
    await page.getByRole('menuitem', { name: 'All device groups' }).click();
    await page.waitForFunction(() => !new URLSearchParams(location.search).has('scope'));
  });

  await check('a view is kept under a name', async () => {
    await visit(page, base, '/software?q=chrome&columns=name.weaknesses');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Keep this view' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('<i>mine</i>');
    await page.getByRole('dialog').getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await visit(page, base, '/software');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: '<i>mine</i>' }).click();
    await page.waitForFunction(() => /q=chrome/.test(location.search) && document.querySelectorAll('.list thead th').length === 2);
    await page.evaluate(() => localStorage.clear());
  });

  await check('a baseline profile is made and removed', async () => {
    await visit(page, base, '/configuration?tab=baselines');
    await rows(page).first().waitFor();
    const before = await rows(page).count();
    await page.getByRole('button', { name: 'New profile' }).click();
    const form = page.getByRole('dialog', { name: 'New baseline profile' });
    await form.getByRole('textbox', { name: 'Name' }).fill('<b>Ours</b>');
    await form.getByRole('radio', { name: 'Some of them' }).check();
    await form.getByText('0 settings of').waitFor();
    expect(await form.getByRole('button', { name: 'Review' }).isDisabled(), 'a profile without settings goes on');
    await form.getByRole('searchbox', { name: 'Search settings' }).fill('password');
    await form.getByRole('checkbox', { name: 'Passwords have 14 characters or more' }).check();
    await form.getByText('1 setting of').waitFor();
    // A tag that devices have is chosen by a click, and taken back by another.
    const inUse = form.getByRole('group', { name: 'Tags in use' }).getByRole('button');
    const word = await inUse.first().innerText();
    await inUse.first().click();
    expect((await form.getByRole('textbox', { name: 'Tags of devices' }).inputValue()) === word && (await inUse.first().getAttribute('aria-pressed')) === 'true', `the tag ${word} was not taken`);
    await inUse.first().click();
    expect((await form.getByRole('textbox', { name: 'Tags of devices' }).inputValue()) === '', 'the tag was not taken back');
    await form.getByRole('textbox', { name: 'Tags of devices' }).fill('hq, hq, kiosk');
    await accessible();
    await form.getByRole('button', { name: 'Review' }).click();
    await form.getByText('All devices with the tag hq or kiosk').waitFor();
    expect((await form.getByRole('list', { name: 'Settings of the profile' }).getByRole('listitem').count()) === 1, 'not the one setting that was ticked');
    await accessible();
    await form.getByRole('button', { name: 'Back' }).click();
    expect(await form.getByRole('checkbox', { name: 'Passwords have 14 characters or more' }).isChecked(), 'going back forgets');
    await form.getByRole('button', { name: 'Review' }).click();
    await form.getByRole('button', { name: 'Make it' }).click();
    await form.waitFor({ state: 'detached' });
    const panel = page.getByRole('dialog', { name: '<b>Ours</b>' });
    await panel.getByText('All devices with the tag hq or kiosk').waitFor();
    await panel.getByRole('button', { name: 'Change' }).click();
    const change = page.getByRole('dialog', { name: 'Change <b>Ours</b>' });
    await change.getByRole('radio', { name: 'All of the level' }).check();
    await change.getByRole('textbox', { name: 'Tags of devices' }).fill('');
    await change.getByRole('button', { name: 'Review' }).click();
    await change.getByRole('button', { name: 'Save' }).click();
    await change.waitFor({ state: 'detached' });
    await panel.getByText('All devices', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await panel.getByText('All devices with the tag hq or kiosk').waitFor();
    await panel.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('dialog', { name: '<b>Ours</b>' }).waitFor({ state: 'detached' });
    await page.waitForFunction((was) => document.querySelectorAll('tr[data-row]').length === was, before);
  });

  await check('filters that are written: software, and a first and a last day', async () => {
    await visit(page, base, '/recommendations?threats=kit&columns=name.threats.trend.impactAfter.tags');
    const kits = await rows(page).count();
    expect(kits > 0, 'no recommendation with an exploit in a kit');
    expect((await page.locator('.threats[aria-label*="Exploit in a kit"]').count()) === kits, 'a row without such an exploit');
    // What the tag says the icons say, too.
    const exploited = rows(page).filter({ has: page.locator('.tags', { hasText: 'Known exploited' }) });
    expect((await exploited.count()) > 0 && (await exploited.count()) === (await exploited.locator('.threats[aria-label*="Known to be exploited"]').count()), 'a row with the tag and without the sign');
    expect(/Impact after exceptions/.test(await page.innerText('.list thead')), await page.innerText('.list thead'));
    await page.click('button:has-text("Filters")');
    await page.getByRole('checkbox', { name: 'Exploit in a kit' }).uncheck();
    await page.getByRole('textbox', { name: 'Related software' }).fill('google chrome');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: 'Remove the filter Related software: google chrome' }).waitFor();
    await rows(page).getByText('Chrome').first().waitFor();
    await page.waitForFunction(() => [...document.querySelectorAll('.list tbody tr[data-row]')].every((row) => row.innerText.includes('Chrome')));

    await visit(page, base, '/timeline');
    const events = await page.textContent('.list-count');
    await page.click('button:has-text("Filters")');
    const between = page.locator('fieldset', { hasText: 'Between two days' });
    await between.getByLabel('From').fill('2001-02-03');
    await between.getByLabel('To').fill('2001-01-01');
    await page.getByText('It ends before it begins.').waitFor();
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled(), 'a range that ends before it begins is taken');
    await between.getByLabel('To').fill('2001-02-03');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('button', { name: /^Remove the filter Between two days: .*2001/ }).waitFor();
    await page.waitForFunction(() => document.querySelector('.list-count')?.textContent?.startsWith('0 '));
    expect(new URL(page.url()).searchParams.get('between') === '2001-02-03..2001-02-03', page.url());
    await visit(page, base, '/timeline?between=2001-01-01..');
    await page.waitForFunction((was) => document.querySelector('.list-count')?.textContent === was, events);
    await visit(page, base, '/weaknesses?cvss=9&published=..2024-12-31&exception=RemediationRequired&columns=id.cvss.published.before');
    expect((await rows(page).count()) > 0, 'no old weakness');
    for (const text of await rows(page).allInnerTexts()) expect(/(9|10)\.\d/.test(text), `a weakness below 9: ${text}`);
  });

  await check('weaknesses by the software that has them, and those without a fix', async () => {
    await visit(page, base, '/weaknesses?tags=ZeroDay&columns=id.software.tags');
    await page.waitForFunction(() => document.querySelectorAll('tr[data-row]').length === 1);
    for (const words of ['CVE-1999-90002', 'Left-open', 'Zero day']) expect((await rows(page).first().innerText()).includes(words), `${words}: ${await rows(page).first().innerText()}`);
    await page.getByRole('button', { name: 'Remove the filter Tags: Zero day' }).click();
    await page.click('button:has-text("Filters")');
    await page.getByRole('checkbox', { name: 'No security update' }).check();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.waitForFunction(() => document.querySelectorAll('tr[data-row]').length === 2);
    await visit(page, base, '/weaknesses?tags=SomeUpdatesAvailable&columns=id.software.tags');
    await page.waitForFunction(() => document.querySelectorAll('tr[data-row]').length === 1);
    for (const words of ['CVE-1999-90003', 'Some updates available']) expect((await rows(page).first().innerText()).includes(words), `${words}: ${await rows(page).first().innerText()}`);
    await visit(page, base, '/weaknesses?software=google+chrome');
    expect((await rows(page).count()) > 0, 'no weakness of Chrome');
    await page.locator('.first-of[title*="Google Chrome"] .quiet', { hasText: /^\+\d/ }).first().waitFor();
    await visit(page, base, '/weaknesses?software=google+windows');
    await page.waitForFunction(() => document.querySelector('.list-count')?.textContent?.startsWith('0 '));
  });

  await check('search, sort, columns and export', async () => {
    await visit(page, base, '/software');
    // Who types slowly keeps the field while rows come: the next letter is no key of the list.
    await narrow(page, 'chr');
    await page.waitForFunction(() => /q=chr/.test(location.search) && !document.querySelector('.bone-row'));
    await page.keyboard.type('ome');
    await page.waitForFunction(() => /q=chrome/.test(location.search) && document.querySelector('.list-count')?.textContent?.startsWith('1 '));
    await page.reload();
    await rows(page).first().waitFor();
    expect((await rows(page).count()) === 1, 'the address did not hold the search');
    await visit(page, base, '/software');
    await page.getByRole('button', { name: 'Weaknesses', exact: true }).click();
    await page.waitForFunction(() => document.querySelector('th[aria-sort=descending]') && !document.querySelector('.bone-row'));
    const numbers = (await page.locator('tr[data-row] td:nth-child(4)').allInnerTexts()).map(Number);
    expect(numbers.length > 5 && numbers.every((n, i) => !i || numbers[i - 1] >= n), numbers.join(' '));
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Installed on' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('columnheader', { name: 'Installed on' }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export all rows as CSV' }).click()]);
    const text = readFileSync(await download.path(), 'utf8');
    expect(text.startsWith('\ufeffName,Vendor') && text.split('\r\n').length > 50, text.slice(0, 200));
    expect(!/(^|,)[=+@]/m.test(text), 'a cell that a spreadsheet takes for a formula');
    // Levels by what they mean, the most first; a column that asks for its field brings it.
    await visit(page, base, '/devices');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Exposure score' }).click();
    await page.keyboard.press('Escape');
    const column = async (title) => {
      const titles = await page.locator('.list thead th').allInnerTexts();
      return page.locator(`tr[data-row] td:nth-child(${titles.findIndex((one) => one.trim() === title) + 1})`).allInnerTexts();
    };
    for (const [title, order] of [['Exposure level', (cell) => ['None', 'Low', 'Medium', 'High'].indexOf(cell.trim())], ['Exposure score', Number]]) {
      await page.getByRole('columnheader', { name: title }).getByRole('button').click();
      await page.waitForFunction((title) => [...document.querySelectorAll('th[aria-sort=descending]')].some((one) => one.textContent.includes(title)) && !document.querySelector('.bone-row'), title);
      const cells = await column(title);
      const places = cells.map(order);
      expect(places.length > 5 && places[0] > 0 && places.every((n, i) => !i || places[i - 1] >= n), `${title}: ${cells.join(' ')}`);
    }
    await page.evaluate(() => localStorage.clear());
  });

  await check('the keyboard alone', async () => {
    await visit(page, base, '/devices');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-row') !== null);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/devices\/[0-9a-f]{40}/);
    await page.waitForFunction(() => document.title === `${document.querySelector('h1')?.firstChild?.textContent} - Merlon`);
    // Tab goes on in the screen that has come, not at the top of the page.
    await page.locator('#screen:focus').waitFor();
    await settled(page);
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement.closest('#screen') !== null), await page.evaluate(() => document.activeElement.outerHTML.slice(0, 120)));
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
    await searchFor(page, 'windows 10');
    await page.getByRole('option', { name: /Microsoft Windows 10.*Software/ }).waitFor();
    await page.keyboard.press('Escape');
    // What is laid over the page gives the focus back to the row; a form that opens with a panel has it first.
    await visit(page, base, '/recommendations');
    const row = (number) => page.waitForFunction((wanted) => document.activeElement?.getAttribute('data-row') === wanted, String(number));
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await row(1);
    for (const [key, name] of [['?', 'Keyboard'], ['f', 'Filters'], ['Control+k', 'Search everything']]) {
      await page.keyboard.press(key);
      await page.getByRole('dialog', { name }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog', { name }).waitFor({ state: 'detached' });
      await row(1);
    }
    await page.keyboard.press('r');
    const form = page.getByRole('dialog', { name: /^Remediation: / });
    await form.waitFor();
    await page.waitForFunction(() => document.activeElement?.closest('form'));
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('.panel'));
    await row(1);
    // Tables of things that people manage have the same keys.
    await visit(page, base, '/settings?tab=groups');
    await page.getByRole('table', { name: 'Device groups' }).waitFor();
    for (const [key, at] of [['j', 0], ['j', 1], ['k', 0]]) {
      await page.keyboard.press(key);
      expect(await page.evaluate((wanted) => [...document.querySelectorAll('.managed tbody tr')].indexOf(document.activeElement) === wanted, at), `${key} does not lead to row ${at}`);
    }
    await page.keyboard.press('Enter');
    await page.locator('.panel').waitFor();
    await go(page, '/api-reference');
    await narrow(page, 'exceptions');
    await page.waitForFunction(() => /q=exceptions/.test(location.search));
    await page.reload();
    await page.locator('.call', { hasText: '/api/exceptions' }).first().waitFor();
    expect((await page.locator('.call').count()) < 30, 'the address does not hold the search of calls');
    await visit(page, base, '/reports');
    await page.getByRole('combobox', { name: 'Period' }).selectOption('90');
    await page.reload();
    expect((await page.getByRole('combobox', { name: 'Period' }).inputValue()) === '90', 'the address does not hold the period');
  });

  await check('who goes back to a list is where it was left', async () => {
    await visit(page, base, '/devices');
    await page.locator('.list-scroll').evaluate((box) => box.scrollTo({ top: 1200 }));
    await page.locator('tr[data-row="30"]').waitFor();
    await page.locator('tr[data-row="30"] .row-open').click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await page.goBack();
    await page.locator('tr[data-row="30"]').waitFor();
    await until(() => page.locator('.list-scroll').evaluate((box) => box.scrollTop === 1200), () => 'the list begins at its top');
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.dataset.row === '30');
    await page.getByRole('button', { name: 'OS platform', exact: true }).click();
    await until(() => page.locator('.list-scroll').evaluate((box) => box.scrollTop === 0), () => 'another order does not begin at its top');
  });

  await check('hostile names are text', async () => {
    await visit(page, base, '/devices?q=onerror');
    await page.getByText('<img src=x onerror').first().waitFor();
    await rows(page).first().locator('.row-open').click();
    await page.waitForURL(/\/devices\/[0-9a-f]{40}/);
    for (const tab of ['Security recommendations', 'Inventories', 'Discovered vulnerabilities', 'Missing KBs', 'Configuration']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.waitForFunction(() => !document.querySelector('.bone-row'));
    }
    await page.getByRole('tab', { name: 'Security baselines' }).click();
    await page.getByText('No baseline speaks of this device').waitFor(); // it reports no settings
    await page.getByRole('tab', { name: 'Inventories' }).click();
    for (const [part, head] of [['Browser extensions', 'Extension'], ['Certificates', 'Issued to'], ['Hardware and firmware', 'Manufacturer']]) {
      await page.getByRole('tab', { name: part }).click();
      await page.locator('.list thead').getByText(head, { exact: true }).waitFor();
      expect(!(await page.innerText('.list thead')).includes('Device'), `${part} of one device names it in each row`);
    }
    await page.getByRole('tab', { name: 'Software', exact: true }).click();
    await page.getByText('<iframe srcdoc').first().click();
    await page.getByText('Reported vendor').waitFor();
    await visit(page, base, `/software?q=${encodeURIComponent("'\"><script>pwned()</script>")}&sort=-nonsense&tags=${encodeURIComponent("x' or true")}`);
    await page.getByText('Nothing fits').waitFor();
    await visit(page, base, `/recommendations?open=${encodeURIComponent('"><img src=x onerror=pwned()>')}`);
    await page.getByText('was not found').waitFor();
    await searchFor(page, '<img');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Escape');
  });

  await check('long names are broken or cut, and push nothing out of the window', async () => {
    const { value: [{ id }] } = await (await fetch(`${base}/api/machines?$top=1&$select=id`)).json();
    await page.route(/\/api\/(machines\/[0-9a-f]{40}\?|exposureScore\/ByMachineGroups)/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: (await response.text()).replace(/"(computerDnsName|rbacGroupName)":"[^"]*"/g, `"$1":"${'w'.repeat(200)}"`) });
    });
    for (const path of [`/devices/${id}`, '/']) {
      await visit(page, base, path);
      await page.getByText('w'.repeat(200)).first().waitFor();
      const outside = await page.evaluate(() => [...document.querySelectorAll('.screen :is(h1, button, a), .top :is(button, span)')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 120)));
      expect(!outside.length, `${path}: ${outside}`);
    }
    for (const tab of ['recommendations', 'inventory', 'components']) {
      await visit(page, base, `/devices/${id}?tab=${tab}`);
      expect(await fits(page), `the list of ${tab} is wider than its window`);
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  await check('where there is little room the menu is narrow, its entries keep their names, and it can be widened', async () => {
    await page.setViewportSize({ width: 1024, height: 768 });
    await visit(page, base, '/');
    const entry = page.getByRole('link', { name: 'Weaknesses', exact: true });
    expect((await entry.boundingBox()).width < 60, 'the menu is wide');
    await accessible();
    await page.getByRole('button', { name: 'Widen the menu' }).click();
    await page.getByRole('navigation', { name: 'Screens' }).getByText('Weaknesses').click();
    await page.getByRole('heading', { name: 'Weaknesses' }).waitFor();
    await page.getByRole('button', { name: 'Narrow the menu' }).click();
    for (const path of ['/remediation', '/remediation?tab=exceptions', '/remediation?tab=late', '/software', '/software?tab=extensions', '/software?tab=shares', '/recommendations', '/weaknesses',
      '/timeline', '/devices', '/alerts', '/configuration', '/settings?tab=agents', '/settings?tab=audit']) {
      await go(page, path);
      expect(await fits(page), `the list of ${path} is wider than its window`);
    }
    await go(page, '/software/google-_-chrome?tab=events');
    const chosen = page.getByRole('tab', { name: 'Event timeline', selected: true });
    await until(() => chosen.evaluate((tab) => tab.getBoundingClientRect().right <= tab.parentElement.getBoundingClientRect().right + 1), () => 'the chosen tab is out of sight');
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await check('a window of 320 pixels shows everything without scrolling sideways, but for tables', async () => {
    await page.setViewportSize({ width: 320, height: 640 });
    const device = (await (await fetch(`${base}/api/machines?$top=1&$select=id`)).json()).value[0].id;
    await visit(page, base, '/');
    for (const path of ['/', '/recommendations?open=va-_-google-_-chrome', '/remediation?tab=corrections', '/timeline?tab=changes', '/hunting', '/configuration', '/reports', '/feeds', '/api-reference', '/settings?tab=roles',
      '/settings?tab=notifications', `/devices/${device}`, '/software/google-_-chrome', '/configuration/baselines/windows-level-1']) {
      await go(page, path);
      const wide = await page.evaluate(() => [...['html', '.top', '.screen', '.panel', '.panel-body', '.hunt-main'].filter((one) => { const box = document.querySelector(one); return box && box.scrollWidth > box.clientWidth + 1; }),
        ...[...document.querySelectorAll('button, a, input, select, h1, h2, p, dd')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.list-scroll, .card-scroll, .tabs, .hunt-tabs, .hunt-scroll, .unseen, .cm-editor')).map((one) => one.outerHTML.slice(0, 100))]);
      expect(!wide.length, `${path}: ${wide.slice(0, 4)}`);
    }
    await page.getByRole('button', { name: /^Device groups/ }).waitFor();
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  await check('who waits long is told that the server is still at it', async () => {
    await page.route('**/api/alerts?*', () => {});
    await page.goto(`${base}/alerts`);
    await page.getByText('The server is still working on this.').waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  await check('what changed begins with the watch where that is younger than a week', async () => {
    await visit(page, base, '/timeline?tab=changes');
    await page.getByText('The watch began on').waitFor();
    expect((await rows(page).filter({ hasText: '.demo.example' }).count()) === 0, 'the fleet that was there from the first is new');
  });

  await check('an error has the request id and can be tried again', async () => {
    let broken = true; // until somebody tries again: what the server tells meanwhile is read again too
    await page.route('**/api/software?*', (route) => (broken ? route.fulfill({ status: 400, headers: { 'X-Request-Id': 'abc-1' }, contentType: 'application/json', body: '{"error":{"code":"InternalServerError","message":"The request could not be answered."}}' }) : route.continue()));
    await page.goto(`${base}/software`);
    await page.getByText('The request could not be answered.').waitFor();
    await page.getByText('abc-1').waitFor();
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await rows(page).first().waitFor();
    await page.unroute('**/api/software?*');
    // A screen whose script the server no longer has, since it was updated: the page of the new version has it. Where it is missing there, too, that is said.
    let fetched = 0;
    await page.route('**/assets/weaknesses-*.js', (route) => (fetched++ ? route.continue() : route.fulfill({ status: 404, body: '' })));
    await page.getByRole('link', { name: 'Weaknesses' }).click();
    await rows(page).first().waitFor();
    await page.unroute('**/assets/weaknesses-*.js');
    await page.route('**/assets/alerts-*.js', (route) => route.fulfill({ status: 404, body: '' }));
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('This screen could not be fetched').waitFor();
    await page.unroute('**/assets/alerts-*.js');
    await page.getByRole('button', { name: 'Load it again' }).click();
    await rows(page).first().waitFor();
    provoked(/dynamically imported module|status of 404/);
    // A panel says the same of what it cannot show.
    await page.goto(`${base}/weaknesses?open=CVE-1900-0001`);
    const panel = page.getByRole('dialog', { name: 'CVE-1900-0001' });
    await panel.getByText('This is not here').waitFor();
    expect((await panel.getByRole('button', { name: 'Try again' }).count()) === 0 && (await panel.locator('.bones').count()) === 0, 'a panel that failed still loads');
  });

  const colours = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };
  const inAllColours = async (name) => {
    for (const [colorScheme, contrast] of [['light', 'no-preference'], ['dark', 'no-preference'], ['dark', 'more']]) {
      await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
      // What colours do not change is looked at once.
      await (colorScheme === 'light' ? accessible() : accessible(colours)).catch((error) => { throw new Error(`${name}, ${contrast === 'more' ? 'high contrast' : colorScheme}: ${error.message}`); });
    }
  };
  // Each screen is opened once, as a person goes from one to the next, and looked at in all colours, with the pointer on a row.
  await check('accessible in light, dark and high contrast', async () => {
    const device = (await (await fetch(`${base}/api/machines?$top=1&$select=id`)).json()).value[0].id;
    await visit(page, base, '/');
    for (const path of [...screens, `/devices/${device}`]) {
      await go(page, path);
      expect(await fits(page), `the list of ${path} is wider than its window`);
      if (await rows(page).count()) await rows(page).first().hover();
      await inAllColours(path);
    }
  });

  await check('panels, forms and menus are accessible in all colours', async () => {
    for (const path of ['/recommendations?open=va-_-google-_-chrome', '/weaknesses?open=CVE-2025-5419', '/configuration?open=scid-2021', '/settings?tab=groups&open=Servers', '/api-reference?open=get+%2Fapi%2Fmachines']) {
      await go(page, path);
      await page.locator('.panel-body section').first().waitFor();
      await inAllColours(path);
    }
    for (const [path, name] of [['/recommendations?open=va-_-google-_-chrome', 'Exception options'], ['/weaknesses?open=CVE-2025-5419', 'This is wrong'], ['/settings?tab=targets', 'Add a target'], ['/weaknesses', 'Filters'], ['/software', 'Columns'], ['/', 'Colours']]) {
      await go(page, path);
      await page.getByRole('button', { name }).first().click();
      await page.locator('[role=dialog][aria-modal=true], [role=menu]').first().waitFor();
      await inAllColours(`${name} of ${path}`);
      await page.keyboard.press('Escape');
      await page.locator('[role=dialog][aria-modal=true], [role=menu]').waitFor({ state: 'detached' });
    }
  });
  await page.emulateMedia({ colorScheme: 'light', contrast: 'no-preference' });
}
