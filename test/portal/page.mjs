// The screens of the portal, and how a case goes to them and waits for what they show.
export const screens = [
  '/', '/recommendations', '/remediation', '/remediation?tab=exceptions', '/remediation?tab=corrections', '/remediation?tab=late', '/software', '/software?tab=components', '/software?tab=extensions', '/software?tab=certificates', '/software?tab=shares', '/software?tab=hardware', '/weaknesses', '/timeline', '/timeline?tab=changes',
  '/devices', '/alerts', '/alerts?tab=detections', '/hunting', '/configuration', '/configuration?tab=baselines', '/configuration/baselines/windows-level-1', '/configuration/baselines/windows-level-1?tab=settings', '/configuration/baselines/windows-level-1?tab=devices', '/configuration/baselines/windows-level-1?tab=exceptions', '/reports', '/feeds', '/api-reference',
  '/settings', '/settings?tab=roles', '/settings?tab=applications', '/settings?tab=tokens', '/settings?tab=sessions', '/settings?tab=agents', '/settings?tab=groups', '/settings?tab=targets', '/settings?tab=notifications', '/settings?tab=audit',
];

export const rows = (page) => page.locator('.list tbody tr[data-row]');

// A screen is there when it shows no skeleton any more, and its list the rows that it counts.
export async function settled(page) {
  await page.waitForSelector('h1:not([data-before])');
  await page.waitForFunction(() => {
    if (document.querySelector('.bone-row, .bones, .bone-text, .screen-waiting, .list table[aria-busy=true]')) return false;
    const table = document.querySelector('.list table');
    return !table || Number(table.getAttribute('aria-rowcount')) <= 1 || document.querySelector('.list tbody tr[data-row]') !== null;
  });
}

export async function visit(page, base, path) {
  await page.goto(base + path);
  await settled(page);
}

// No column of a list is outside of the window.
export const fits = (page) => page.evaluate(() => [...document.querySelectorAll('.list-scroll')].every((box) => box.scrollWidth <= box.clientWidth + 1));

// Tab (or Shift+Tab) until what is called so has the focus.
export async function tabTo(page, name, key = 'Tab') {
  const been = [];
  for (let presses = 0; presses < 150; ++presses) {
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      return (one.getAttribute('aria-label') || one.labels?.[0]?.innerText || one.innerText || '').trim();
    });
    if (typeof name === 'string' ? at.replace(/\s*\*$/, '') === name : name.test(at)) return;
    been.push(at.slice(0, 30).replace(/\s+/g, ' '));
    await page.keyboard.press(key);
  }
  throw new Error(`${key} never comes to ${name}: ${been.slice(-40).join(' | ')}`);
}

// What is typed into fields by their names, in this order, or which keys are pressed there: { Name: 'text', On: ['Space'] }, or pairs.
export async function fill(page, fields) {
  for (const [field, what] of Array.isArray(fields) ? fields : Object.entries(fields)) {
    await tabTo(page, field);
    if (Array.isArray(what)) for (const key of what) await page.keyboard.press(key);
    else await page.keyboard.type(what);
  }
}

// Into the search over everything, which has come when its field has the focus.
export async function searchFor(page, text) {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Search devices/ }).and(page.locator(':focus')).waitFor();
  await page.keyboard.type(text);
}

// Into the search of a list.
export async function narrow(page, text) {
  await page.keyboard.press('/');
  await page.locator('.list-search input:focus, input.list-search:focus').waitFor();
  await page.keyboard.type(text);
}

// To another screen within the page, as a link goes there: nothing is loaded anew but what the screen asks for. It is there, with or without its data.
export async function leave(page, path) {
  await page.evaluate((to) => {
    // The screen before stays until the next one is there; another tab of the same screen comes with the next frames.
    const another = new URL(to, location.href).pathname !== location.pathname;
    if (another) document.querySelector('h1').dataset.before = '';
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
    return another || new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))));
  }, path);
  await page.waitForSelector('h1:not([data-before])');
}
export async function go(page, path) {
  await leave(page, path);
  await settled(page);
}
