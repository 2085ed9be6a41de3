// On a server that nobody has claimed: what every screen shows while it waits, when the server fails, and when a part of it does.
import { leave, rows, screens, settled, visit } from './page.mjs';

export async function states({ page, base, check, expect, until, provoked }) {
  const device = (await (await fetch(`${base}/api/machines?$top=1&$select=id`)).json()).value[0].id;
  const every = [...screens, `/devices/${device}`, '/software/google-_-chrome', '/recommendations?open=va-_-google-_-chrome', '/settings?tab=groups&open=Servers', '/?score=devices'];
  // What the data of screens comes from: all but who is signed in, and what tells of changes.
  const data = /\/(api|v2)\/(?!merlon\/(session|live|signIn)$)/;
  const refusal = (status) => ({ status, headers: { 'X-Request-Id': 'abc-1' }, contentType: 'application/json', body: '{"error":{"code":"InternalServerError","message":"The request could not be answered."}}' });
  // What an alert says that is seen without scrolling.
  const inSight = () => page.evaluate(() => [...document.querySelectorAll('[role=alert]')].filter((one) => {
    const { left, top, bottom, width } = one.getBoundingClientRect();
    const at = document.elementFromPoint(left + width / 2, Math.min(top + 8, innerHeight - 1));
    return bottom > 0 && top < innerHeight && at !== null && one.contains(at);
  }).map((one) => one.innerText));

  await check('while nothing has been answered each screen keeps room for what comes; one that cannot be read says so where it is seen, with the request, and is there after another try', async () => {
    const held = [];
    const hold = (route) => void held.push(route);
    const refuse = (route) => route.fulfill(refusal(408)); // not asked again by itself, as after a 500: nobody waits for that forty times
    const pass = (route) => route.continue();
    let answer = hold;
    await page.route(data, (route) => answer(route));
    await page.goto(`${base}/`);
    await page.waitForSelector('h1');
    for (const path of every) {
      answer = hold;
      await leave(page, path);
      await page.locator('.bones, .bone-row, .bone-text').first().waitFor();
      // What lies below a panel has been read before.
      const said = await page.locator('body:has(.panel) .panel, body:not(:has(.panel))').locator('[role=alert], .list .explain, .trend-none').allInnerTexts();
      expect(!said.length, `${path}, while it waits: ${said}`);
      answer = refuse; // what is asked from now on, too
      await Promise.all(held.splice(0).map((route) => refuse(route).catch(() => {}))); // some are no longer asked for
      await settled(page);
      await page.locator('[role=alert]').first().waitFor();
      const told = await inSight();
      expect(told.some((text) => /The request could not be answered\..*abc-1.*Try again/s.test(text)), `${path}: ${told.join(' | ') || 'no error in sight'}`);
      answer = pass;
      await until(async () => {
        // All of them: what lies behind a panel may have been read again meanwhile, and could not.
        await page.evaluate(() => [...document.querySelectorAll('[role=alert] button')].filter((one) => one.textContent === 'Try again').forEach((one) => one.click()));
        await settled(page);
        return (await page.locator('[role=alert]').count()) === 0;
      }, async () => `${path}: ${(await page.locator('[role=alert]').allInnerTexts()).join(' | ')}`);
    }
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    provoked(/status of 408/);
  });

  await check('one card that fails takes no other with it', async () => {
    let broken = true;
    await page.route(/\/api\/(machines\/certificateExpiry|exposureScore\/history)/, (route) => (broken ? route.fulfill(refusal(500)) : route.continue()));
    await visit(page, base, '/');
    const card = (name) => page.locator('.card', { has: page.getByRole('heading', { name }) });
    await card('Expiring certificates').getByText('The request could not be answered.').waitFor();
    await card('Exposure score').getByText('The trend could not be read').waitFor();
    expect((await card('Exposure score').locator('.score').count()) === 1 && (await page.locator('.dashboard [role=alert]').count()) === 2 && (await card('Top exposed devices').locator('tbody tr').count()) > 0, await page.locator('.dashboard').innerText());
    broken = false;
    for (const name of ['Expiring certificates', 'Exposure score']) await card(name).getByRole('button', { name: 'Try again' }).click();
    await card('Expiring certificates').getByText('Within 30 days').waitFor();
    await page.locator('.dashboard [role=alert]').first().waitFor({ state: 'detached' });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    provoked(/status of 500/);
  });

  await check('what cannot be read again stays and is said to be from before; more rows that cannot be read are said above those that are there', async () => {
    let broken = false;
    await page.route(/\/api\/machines\?/, (route) => (broken ? route.fulfill(refusal(500)) : route.continue()));
    await visit(page, base, '/devices');
    const name = async () => (await rows(page).first().innerText()).trim().split(/\s/)[0]; // the row has times that go on
    const first = await name();
    broken = true;
    await fetch(`${base}/api/machines/${device}/tags`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"Value": "states", "Action": "Add"}' });
    const note = page.getByText(/What you see is in part from before .* it could not be read again: The request could not be answered\./);
    await note.waitFor();
    expect((await name()) === first && (await page.locator('.explain').count()) === 0, 'the rows have gone');
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await note.waitFor({ state: 'detached' });
    await fetch(`${base}/api/machines/${device}/tags`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"Value": "states", "Action": "Remove"}' });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // The second hundred of a list.
    await page.route(/[?&](\$|%24)skip=100/, (route) => (broken ? route.fulfill(refusal(408)) : route.continue()));
    broken = true;
    await visit(page, base, '/weaknesses?all=1');
    await page.locator('.list-scroll').evaluate((box) => box.scrollTo({ top: 4_800 }));
    await page.locator('.list [role=alert]').getByText('Not all rows could be read').waitFor();
    const seen = await inSight();
    expect(seen.length === 1, `in sight: ${seen.join(' | ') || 'nothing'}`);
    broken = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.locator('.list [role=alert]').waitFor({ state: 'detached' });
    await rows(page).first().waitFor();
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    provoked(/status of (500|408)/);
  });
}
