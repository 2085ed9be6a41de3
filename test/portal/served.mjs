// What the server gives out: the files of the pack under a strict policy, and nothing else.
import { request } from 'node:http';

// fetch() would tidy the path.
const ask = (base, path, headers = {}) =>
  new Promise((done, fail) => {
    const { hostname, port } = new URL(base);
    request({ hostname, port, path, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }));
    }).on('error', fail).end();
  });

export async function served({ base, check, expect }) {
  const html = { Accept: 'text/html' };
  await check('served: the start page has a strict policy', async () => {
    const { status, headers } = await ask(base, '/', html);
    expect(status === 200, `status ${status}`);
    const policy = headers['content-security-policy'];
    expect(policy.includes("default-src 'none'") && !policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"), policy);
    for (const [name, value] of [['x-content-type-options', 'nosniff'], ['referrer-policy', 'no-referrer'], ['cross-origin-opener-policy', 'same-origin'], ['cache-control', 'no-store']])
      expect(headers[name] === value, `${name}: ${headers[name]}`);
  });
  await check('served: assets are compressed, kept for a year, and known by their tag', async () => {
    const page = (await ask(base, '/', html)).body.toString();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)[1];
    const zipped = await ask(base, script, { 'Accept-Encoding': 'gzip, br' });
    expect(zipped.headers['content-encoding'] === 'gzip' && zipped.headers['cache-control'].includes('immutable'), JSON.stringify(zipped.headers));
    const plain = await ask(base, script);
    expect(!plain.headers['content-encoding'] && plain.body.length > zipped.body.length, 'not unpacked for who takes no gzip');
    expect((await ask(base, script, { 'If-None-Match': zipped.headers.etag })).status === 304, 'no 304 for a known tag');
    expect(zipped.headers['content-security-policy'].includes("default-src 'none'"), 'a script without a policy: workers would run free');
  });
  await check('served: first load is at most 320 KB', async () => {
    const page = await ask(base, '/', html);
    const files = [...page.body.toString().matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
    const sizes = await Promise.all(files.map(async (path) => (await ask(base, path, { 'Accept-Encoding': 'gzip' })).body.length));
    const sum = sizes.reduce((a, b) => a + b, page.body.length);
    expect(sum <= 320 * 1024, `${sum} bytes`);
  });
  await check('served: nothing outside the pack', async () => {
    for (const path of ['/../../etc/passwd', '/assets/../../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/assets/%2e%2e%2fportal.pack', '/portal.pack', '/assets/', '/package.json', '/.git/config']) {
      const { status, body } = await ask(base, path, { Accept: '*/*' });
      expect(status === 404 || status === 400, `${path}: ${status}`);
      expect(!body.includes('root:'), path);
    }
  });
  await check('served: only people who navigate get the page, programs get JSON', async () => {
    expect((await ask(base, '/devices/x', html)).status === 200, 'a screen by its address');
    for (const [path, headers] of [['/devices/x', { Accept: '*/*' }], ['/api/nothing', html], ['/devices/x', { ...html, 'Sec-Fetch-Mode': 'cors' }]]) {
      const { status, headers: got } = await ask(base, path, headers);
      expect(status === 404 && got['content-type'].startsWith('application/json'), `${path}: ${status} ${got['content-type']}`);
    }
  });
}
