// Claiming the server, signing in and out, and what each role sees.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fill, go, settled, tabTo, visit } from './page.mjs';

const password = 'a long passphrase 7';

async function signIn(page, base, name, word) {
  await page.goto(base);
  await page.getByRole('textbox', { name: 'User name' }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Tab');
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
}

async function signOut(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
  await tabTo(page, 'Sign out', 'ArrowDown');
  // The page loads itself again when the server has let go.
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

const rail = async (page) => (await page.locator('.rail a').allInnerTexts()).map((text) => text.trim());

export async function people({ page, base, link, folder, check, expect, accessible }) {
  await check('the one-time link makes the first administrator', async () => {
    await page.goto('about:blank');
    await page.goto(link);
    await page.getByRole('heading', { name: 'Make the first administrator' }).waitFor();
    expect(!page.url().includes('code='), 'the code stays in the address');
    await page.getByLabel('User name').fill('anna');
    await page.getByLabel('Password', { exact: false }).first().fill(password);
    await page.getByLabel('Password again').fill(password);
    await accessible();
    await page.getByRole('button', { name: 'Make administrator' }).click();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    expect((await page.locator('.unclaimed').count()) === 0, 'still said to be open');
  });

  await check('people with each role are added', async () => {
    await page.evaluate(() => fetch('/api/merlon/roles', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Hunter', permissions: ['AdvancedQuery.Read.All'] }) }));
    for (const [name, role] of [['rita', 'Reader'], ['otto', 'IT operator'], ['hugo', 'Hunter']]) {
      await visit(page, base, '/settings');
      await page.getByRole('button', { name: 'Add a user' }).click();
      await page.getByLabel('User name').fill(name);
      await page.getByRole('radio', { name: new RegExp(`^${role}`) }).check();
      await page.getByLabel('Password').fill('short');
      expect(await page.getByRole('button', { name: 'Add', exact: true }).isDisabled(), 'a short password is taken');
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('cell', { name }).first().waitFor();
    }
    await page.getByRole('button', { name: 'Add a user' }).click();
    await page.getByLabel('User name').fill('rita');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Not done.').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  await check('who gives access is asked for the password again', async () => {
    await visit(page, base, '/settings');
    // What the server says a while after the password; when it says so is tested where time can be told (gate_test.cpp).
    let refusals = 0;
    await page.route('**/api/merlon/users', (route) => {
      if (route.request().method() !== 'POST' || refusals++) return route.fallback();
      return route.fulfill({ status: 403, contentType: 'application/json', body: JSON.stringify({ error: { code: 'ConfirmationRequired', message: 'Confirm that it is you.' } }) });
    });
    await page.getByRole('button', { name: 'Add a user' }).click();
    await page.getByLabel('User name').fill('cara');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const asked = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await asked.getByLabel('Password').fill('not the password');
    await asked.getByRole('button', { name: 'Confirm' }).click();
    await asked.getByText('The password is wrong.').waitFor();
    await accessible();
    await asked.getByLabel('Password').fill(password);
    await asked.getByRole('button', { name: 'Confirm' }).click();
    await page.getByRole('cell', { name: 'cara' }).first().waitFor();
    await page.unroute('**/api/merlon/users');
    expect(refusals === 2, `the call was sent ${refusals} times`);
  });

  await check('a session tells its browser in words', async () => {
    await visit(page, base, '/settings?tab=sessions');
    await page.getByRole('row', { name: /^anna \(this one\)/ }).getByText('Chrome on Linux').waitFor();
  });

  await check('by keys alone a token and an application are made, whose secrets are shown once, and taken back', async () => {
    const status = async (secret) => (await fetch(`${base}/api/machines?$top=1`, { headers: { Authorization: `Bearer ${secret}` } })).status;
    const made = async (open, fields, send, title) => {
      await tabTo(page, open);
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: open }).waitFor();
      await fill(page, fields);
      await tabTo(page, send);
      await page.keyboard.press('Enter');
      const shown = page.getByRole('dialog', { name: title });
      const secret = await shown.locator('.secret').innerText();
      await tabTo(page, 'Done');
      await page.keyboard.press('Enter');
      await shown.waitFor({ state: 'detached' });
      await page.waitForFunction((name) => document.activeElement.textContent === name, open);
      return secret;
    };
    const gone = async (word, name, told) => {
      await tabTo(page, word);
      await page.keyboard.press('Enter');
      const asked = page.getByRole('dialog', { name: `${word} ${name}?` });
      await asked.waitFor();
      await page.keyboard.press('Escape');
      await asked.waitFor({ state: 'detached' });
      await page.waitForFunction((text) => document.activeElement.textContent === text, word);
      await page.keyboard.press('Enter');
      await asked.waitFor();
      await tabTo(page, word);
      await page.keyboard.press('Enter');
      await page.getByText(told).first().waitFor();
    };
    await visit(page, base, '/settings?tab=tokens');
    const secret = await made('New token', { Name: '<b>script</b>', 'All that I may': ['ArrowDown'], 'Machine.Read.All': ['Space'] }, 'Make it', 'Your new token');
    expect(secret.startsWith('mer_'), secret);
    await page.getByText('<b>script</b>').waitFor();
    await page.getByRole('cell', { name: 'Machine.Read.All', exact: true }).waitFor();
    expect((await status(secret)) === 200, `the token: ${await status(secret)}`);
    await gone('Revoke', '<b>script</b>', 'is revoked');
    expect((await status(secret)) === 401, 'a revoked token works');
    await go(page, '/settings?tab=applications');
    const key = await made('Add an application', { Name: 'by-keys', 'Machine.Read.All': ['Space'] }, 'Add', 'The application\'s secret');
    const { value: [{ id }] } = await page.evaluate(async () => (await fetch('/api/merlon/applications')).json());
    const token = async () => (await fetch(`${base}/merlon/oauth2/v2.0/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: key, scope: 'https://api.securitycenter.microsoft.com/.default' }) })).json();
    const { access_token } = await token();
    expect((await status(access_token)) === 200, `the application: ${await status(access_token)}`);
    await gone('Remove', 'by-keys', 'is gone');
    expect((await status(access_token)) === 401, 'an application that is gone works');
  });

  await check('what happened is in the audit', async () => {
    await visit(page, base, '/settings?tab=audit');
    await page.getByText('POST api/merlon/users').first().waitFor();
  });

  await check('who may read little is shown what that is, and no refusal', async () => {
    const call = (method, path, body) => page.evaluate(async ([how, where, what]) => (await fetch(where, { method: how, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(what) })).status, [method, path, body]);
    const roles = [
      ['Machine.Read.All'], ['Software.Read.All'], ['Vulnerability.Read.All'], ['Score.Read.All', 'DeviceGroup.Read.All'], ['SecurityRecommendation.Read.All', 'RemediationTasks.Read.All'],
      ['Alert.Read.All', 'CustomDetection.Read.All', 'AdvancedQuery.Read.All'], ['SecurityBaselinesAssessment.Read.All', 'Vulnerability.Read.All', 'Merlon.Feeds.Read'],
    ];
    for (const [at, permissions] of roles.entries()) {
      expect((await call('POST', '/api/merlon/roles', { name: `little ${at}`, permissions })) < 300, `the role ${permissions}`);
      expect((await call('POST', '/api/merlon/users', { name: `lena${at}`, role: `little ${at}`, password })) < 300, `somebody with ${permissions}`);
    }
    const { value: [device] } = await page.evaluate(async () => (await fetch('/api/machines?$top=1&$select=id')).json());
    const refused = new Set();
    let where = '';
    const hear = (response) => response.status() === 403 && refused.add(`${where} ${new URL(response.url()).pathname}`);
    page.on('response', hear);
    const look = async (what) => {
      await settled(page);
      for (const told of await page.locator('[role=alert]').allInnerTexts()) refused.add(`${where}${what}: ${told}`);
    };
    const first = page.locator('.list .row-open').first();
    // The tabs of what is shown, and the first row of each: a panel, or the page of one thing.
    const tabs = async (rows) => {
      const all = page.locator('.tabs').first().getByRole('tab');
      for (let tab = 0; tab < Math.max(1, await all.count()); ++tab) {
        if (await all.count()) await all.nth(tab).click();
        await look(`, tab ${tab}`);
        if (!rows || !(await first.count())) continue;
        const before = new URL(page.url()).pathname;
        await first.click();
        await look(`, a row of tab ${tab}`);
        if (new URL(page.url()).pathname !== before) await tabs(false);
        await page.goBack();
        if (new URL(page.url()).pathname !== before) await go(page, where.split(' ').at(-1));
      }
    };
    for (const [at, permissions] of roles.entries()) {
      await call('POST', '/api/merlon/session', { name: `lena${at}`, password });
      await page.goto(base);
      await page.waitForSelector('h1');
      for (const path of await page.locator('.rail a').evaluateAll((all) => all.map((one) => one.getAttribute('href')))) {
        if (at && /api-reference|settings/.test(path)) continue;
        where = `${permissions} ${path}`;
        await go(page, path);
        await tabs(true);
      }
      if (at) continue;
      // What an address asks for of a device is refused by its name, also of a past day; no other tab stands in its place.
      for (const [tab, title] of [['vulnerabilities', 'Discovered vulnerabilities'], ['shares', 'Network shares'], ['baselines', 'Security baselines'], ['inventory&asOf=2026-01-01', 'Software inventory']]) {
        await go(page, `/devices/${device.id}?tab=${tab}`);
        await page.getByRole('heading', { name: `\u201c${title}\u201d is not for your role` }).waitFor();
        expect((await page.getByRole('tab', { selected: true }).count()) === 0 && (await page.getByRole('table').count()) === 0, `${tab}: another tab is shown`);
      }
    }
    page.off('response', hear);
    // Who sees the devices of a group that has none.
    await call('POST', '/api/merlon/session', { name: 'anna', password });
    expect((await call('POST', '/api/deviceGroups', { name: 'Nowhere', conditions: [{ property: 'name', operator: 'equals', values: ['no such device'] }] })) < 300, 'a group without devices');
    expect((await call('POST', '/api/merlon/users', { name: 'nora', role: 'Reader', password, deviceGroups: ['Nowhere'] })) < 300, 'somebody who sees no device');
    await call('POST', '/api/merlon/session', { name: 'nora', password });
    await page.goto(base);
    await page.getByText('There is no device that you see').waitFor();
    expect(!refused.size, [...refused].join('\n'));
    await call('POST', '/api/merlon/session', { name: 'anna', password });
    await page.goto(base);
    await page.getByRole('button', { name: 'anna' }).waitFor();
  });

  await check('a wrong password is refused, a reader sees no administration', async () => {
    await signOut(page, 'anna');
    await signIn(page, base, 'rita', 'wrong password 77');
    await page.getByText('Name or password is wrong').waitFor();
    await accessible();
    await signIn(page, base, 'rita', password);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await visit(page, base, '/settings');
    const tabs = await page.getByRole('tab').allInnerTexts();
    expect(tabs.some((tab) => /Personal tokens/.test(tab)) && !tabs.some((tab) => /Users|Applications|Notifications|Audit/.test(tab)), tabs.join());
    // What an address asks for is refused by its name; no other tab stands in its place.
    await go(page, '/settings?tab=users');
    await page.getByRole('heading', { name: '\u201cUsers\u201d is not for your role' }).waitFor();
    expect((await page.getByRole('tab', { selected: true }).count()) === 0 && (await page.getByRole('table').count()) === 0, 'another tab is shown');
    // Keys of what the role may not do do nothing.
    await go(page, '/recommendations');
    for (const key of ['j', 'r', 'e']) await page.keyboard.press(key);
    expect((await page.locator('[aria-modal=true]').count()) === 0, 'a reader is offered a form by a key');
  });

  await check('an operator sees what the role reads', async () => {
    await signOut(page, 'rita');
    await signIn(page, base, 'otto', password);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    const words = await rail(page);
    expect(words.includes('Recommendations') && !words.includes('Advanced hunting'), words.join());
  });

  await check('by keys alone an operator asks for a remediation and takes it back, and who only hunts runs a query and gets out of the editor', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').and(page.locator(':focus')).waitFor();
    await page.keyboard.type('recommendations');
    await page.getByRole('option', { name: /^Recommendations/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Security recommendations' }).waitFor();
    await settled(page);
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-row'));
    await page.keyboard.press('e'); // an exception is not theirs to make
    await page.keyboard.press('r');
    const form = page.getByRole('dialog', { name: /^Remediation: / });
    await form.waitFor();
    await tabTo(page, 'Owner');
    await page.keyboard.type('by keys');
    await page.keyboard.press('Enter');
    await form.waitFor({ state: 'detached' });
    await page.getByText('Asked for: ').first().waitFor();
    await page.keyboard.press('u');
    await page.getByText('Taken back.').first().waitFor();
    await signOut(page, 'otto');
    await signIn(page, base, 'hugo', password);
    await page.getByRole('heading', { name: 'Ask your fleet anything' }).waitFor();
    await tabTo(page, 'Query');
    await page.keyboard.type('DeviceInfo | summarize Devices = dcount(DeviceId)');
    await page.keyboard.press('Escape'); // the proposals
    await page.keyboard.press('Shift+Enter');
    await page.locator('.hunt-elapsed', { hasText: '1 row' }).waitFor();
    const inside = () => page.evaluate(() => document.activeElement.closest('.hunt-editor') !== null);
    await page.keyboard.press('Tab'); // into the text
    expect(await inside(), 'Tab is not the editor\'s');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(!(await inside()), 'the editor keeps the focus');
  });

  // It ends, and the next call finds out; one that was under way may find out before.
  const again = page.getByRole('dialog', { name: 'Your session has ended' });
  const end = async (word) => {
    await page.evaluate(() => { window.stayed = true; });
    await page.context().clearCookies();
    await page.evaluate((name) => [...document.querySelectorAll('button, a')].findLast((one) => one.textContent.trim() === name).click(), word);
    await again.waitFor();
  };

  await check('when a session ends it is asked who it is, over what was typed, which is sent then; another user begins anew', async () => {
    await tabTo(page, 'Query');
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('\n| extend Typed = "before the end"');
    await end('Run query');
    expect((await again.getByRole('textbox', { name: 'User name' }).inputValue()) === 'hugo', 'the name is asked again');
    await again.getByLabel('Password').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape'); // nothing lies behind it until somebody is in
    await page.keyboard.type('wrong password 77');
    await page.keyboard.press('Enter');
    await again.getByText('Name or password is wrong').waitFor();
    await accessible();
    await page.keyboard.press('Control+a');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await again.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Result' }).getByText('before the end').waitFor();
    expect(await page.evaluate(() => window.stayed && document.querySelector('.cm-content').textContent.includes('before the end')), 'the query was not kept');
    await page.waitForFunction(() => document.activeElement.closest('.hunt-editor'));
    await end('Settings');
    await again.getByRole('textbox', { name: 'User name' }).fill('anna');
    await again.getByLabel('Password').fill(password);
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(new URL(page.url()).pathname === '/' && !kept.includes('before the end'), `of hugo there is still ${page.url()}, ${kept}`);
    // A form, which is sent once somebody is in.
    await go(page, '/hunting');
    await page.locator('.cm-content:focus').waitFor();
    await page.keyboard.insertText('DeviceInfo | take 1');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const form = page.getByRole('dialog', { name: 'Save the query' });
    await form.getByRole('textbox', { name: 'Name' }).fill('typed before the end');
    let sent = 0; // refused as nobody is in, then for its own sake, then taken
    await page.route('**/api/savedQueries', (route) => (route.request().method() === 'POST' && sent++ === 1 ? route.fulfill({ status: 409, contentType: 'application/json', body: '{"error":{"code":"Conflict","message":"Not like this."}}' }) : route.fallback()));
    await end('Save');
    await again.getByLabel('Password').fill(password);
    await page.keyboard.press('Enter');
    await form.getByText('Not like this.').waitFor();
    await form.getByRole('textbox', { name: 'Name' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await form.waitFor({ state: 'detached' });
    await page.unroute('**/api/savedQueries');
    const saved = await page.evaluate(async () => (await (await fetch('/api/savedQueries')).json()).value.filter(({ name }) => name === 'typed before the end'));
    expect(saved.length === 1 && saved[0].query === 'DeviceInfo | take 1' && await page.evaluate(() => window.stayed), JSON.stringify(saved));
  });

  await check('somebody signs in by the organisation\'s provider', async () => {
    const person = (said) => writeFileSync(join(folder, 'person.json'), JSON.stringify(said));
    await page.context().clearCookies();
    // Who is in no group that has a role here is told so, and may try again.
    person({ sub: 'subject-1', preferred_username: 'ines', groups: ['Visitors'] });
    await page.goto(base);
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
    await page.getByText('you are in no group that has a role here').waitFor();
    person({ sub: 'subject-1', preferred_username: 'ines', groups: ['Visitors', 'Staff'] });
    await page.getByRole('link', { name: 'Sign in with your organisation' }).click();
    await page.getByRole('heading', { name: 'Dashboard' }).waitFor();
    await visit(page, base, '/settings');
    const tabs = await page.getByRole('tab').allInnerTexts();
    expect(tabs.some((tab) => /Personal tokens/.test(tab)) && !tabs.some((tab) => /Users|Audit/.test(tab)), tabs.join());
    // Again, when the session has ended: in another tab, so that this one stays.
    await end('Software inventory');
    const [tab] = await Promise.all([page.context().waitForEvent('page'), again.getByRole('link', { name: 'Sign in with your organisation' }).click()]);
    await tab.getByRole('button', { name: 'ines' }).waitFor();
    await tab.close();
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))); // as when one comes back to it
    await again.waitFor({ state: 'detached' });
    await settled(page);
    expect(await page.evaluate(() => window.stayed && location.pathname === '/software'), 'the page was loaded anew');
    await signOut(page, 'ines');
  });
}
