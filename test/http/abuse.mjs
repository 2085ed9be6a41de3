// Raw sockets against a running server: what must be refused, what must have one meaning only, and who must not suffer.
// usage: node abuse.mjs http://127.0.0.1:PORT; prints FAILED lines and closes with "passed failed".
import net from 'node:net';
import http from 'node:http';
import {gzipSync} from 'node:zlib';

const base = new URL(process.argv[2]);
const port = Number(base.port);
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 300)}`); }
}

// Sends bytes, waits until the server closes or `wait` ms went by; returns what came.
function talk(bytes, wait = 1500) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let got = '';
    const timer = setTimeout(() => { socket.destroy(); resolve(got + ' [open]'); }, wait);
    socket.on('data', (piece) => { got += piece.toString('latin1'); });
    socket.on('close', () => { clearTimeout(timer); resolve(got); });
    socket.on('error', () => {});
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}
const status = (text) => Number(text.slice(9, 12)) || 0;
const close = 'Host: localhost\r\nConnection: close\r\n';
function get(path, headers = {}, method = 'GET', body) {
  return new Promise((resolve, reject) => {
    const request = http.request({port, host: '127.0.0.1', path, method, headers: {Host: 'localhost', ...headers}}, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () => resolve({status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces).toString()}));
      response.on('error', reject);
    });
    request.on('error', reject);
    if (body !== undefined) request.write(body);
    request.end();
  });
}

// ---- S14: one meaning or none --------------------------------------------------------------------------------
const malformed = {
  'length and chunks': `POST /api/merlon/session HTTP/1.1\r\n${close}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  'two lengths': `POST /api/merlon/session HTTP/1.1\r\n${close}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
  'two lengths in one line': `POST /api/merlon/session HTTP/1.1\r\n${close}Content-Length: 4, 5\r\n\r\nabcde`,
  'negative length': `POST /api/merlon/session HTTP/1.1\r\n${close}Content-Length: -1\r\n\r\n`,
  'signed length': `POST /api/merlon/session HTTP/1.1\r\n${close}Content-Length: +4\r\n\r\nabcd`,
  'space before the colon': `GET /health/live HTTP/1.1\r\nHost : localhost\r\n\r\n`,
  'no host': `GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n`,
  'two hosts': `GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`,
  'NUL in a header': `GET /health/live HTTP/1.1\r\n${close}A: b\0c\r\n\r\n`,
  'bare CR in a header': `GET /health/live HTTP/1.1\r\n${close}A: b\rX: c\r\n\r\n`,
  'NUL in the path': `GET /health%00 HTTP/1.1\r\n${close}\r\n`,
  'broken escape': `GET /api/machines?$filter=%zz HTTP/1.1\r\n${close}\r\n`,
  'bad UTF-8': `GET /api/%ff HTTP/1.1\r\n${close}\r\n`,
  'absolute address': `GET http://evil.test/health/live HTTP/1.1\r\n${close}\r\n`,
  'no version': `GET /health/live\r\n\r\n`,
  'preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`,
  'no request at all': `\x16\x03\x01\x02\x00\x01\x00`,
  'chunk size that is none': `POST /api/merlon/session HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
  'another coding': `POST /api/merlon/session HTTP/1.1\r\n${close}Transfer-Encoding: identity, chunked, gzip\r\n\r\n0\r\n\r\n`,
};
for (const [name, bytes] of Object.entries(malformed)) {
  const answer = await talk(bytes, 12000);
  expect(`${name} is refused and the connection ends`, (status(answer) >= 400 && status(answer) < 600 || answer === '') && !answer.endsWith('[open]'), answer);
}
const folded = await talk(`GET /health/live HTTP/1.1\r\n${close}A: b\r\n c\r\n\r\n`);
expect('a folded header has one meaning', [200, 400].includes(status(folded)), folded);
const many = await talk('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(999) + `GET /health/live HTTP/1.1\r\n${close}\r\n`, 20000);
expect('a thousand pipelined requests get a thousand answers', many.split('HTTP/1.1 200').length === 1001, many.split('HTTP/1.1 200').length);

// ---- S15, S20, S21, S22, S23 ---------------------------------------------------------------------------------
const injected = await get('/api/machines?$filter=id%20eq%20%27%0d%0aX-Evil:%201%27&$top=1&$skiptoken=%0d%0aX-Evil:1');
expect('no line break of a client begins a header', !('x-evil' in injected.headers) && injected.status === 400, injected.status);
const wanted = await get('/api/machines?$top=1&$select=id%0d%0aSet-Cookie:x');
expect('a bad name is shown harmlessly', wanted.status === 400 && !('set-cookie' in wanted.headers), wanted.body);
for (const path of ['/../../etc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd', '/%252e%252e/etc/passwd', '/api/exports/../../x/y', '/..\\..\\x',
  '/api/exports/..%2f..%2fmerlon.duckdb/1-of-1.json.gz', '/api/exports/SoftwareInventoryExport/../1.json.gz', '/' + 'a/'.repeat(2000)]) {
  const answer = await talk(`GET ${path} HTTP/1.1\r\n${close}\r\n`, 5000);
  expect(`${path.slice(0, 60)} leads nowhere`, [400, 404, 414].includes(status(answer)) && !answer.includes('root:'), answer);
}
expect('TRACE does nothing', (await get('/api/machines', {}, 'TRACE')).status === 405);
expect('an unknown verb does nothing', [400, 405].includes(status(await talk(`FROB /api/machines HTTP/1.1\r\n${close}\r\n`))));
expect('another method by header does nothing', (await get('/api/machines', {'X-HTTP-Method-Override': 'DELETE'})).status === 200);
const body = JSON.stringify({name: 'x', password: 'y'});
expect('text is no JSON', (await get('/api/merlon/session', {'Content-Type': 'text/plain'}, 'POST', body)).status === 415);
expect('a form is no JSON', (await get('/api/merlon/users', {'Content-Type': 'application/x-www-form-urlencoded'}, 'POST', 'a=b')).status === 415);
expect('a type nobody makes', (await get('/api/machines', {Accept: 'image/png'})).status === 406);
for (const path of ['/api/nothing', '/api/machines/none', '/api/machines?$filter=x', '/api/machines?$orderby=id%20sideways', "/api/machines?$filter=matchesPattern(id,'(')", '/api/machines?$filter=osBuild%20divby%200%20eq%20osBuild%20mod%200']) {
  const answer = await get(path);
  expect(`${path} says nothing of the inside`, !/SELECT|main\.|\.cpp|\/work|duckdb|Exception/i.test(answer.body) && answer.headers['x-request-id'], answer.body);
  if (answer.status >= 400) expect(`${path} has the envelope`, JSON.parse(answer.body).error.target === answer.headers['x-request-id'], answer.body);
}
const forged = await get('/api/openapi.json', {'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'evil.test', 'X-Forwarded-For': '192.0.2.1', Forwarded: 'host=evil.test'});
expect('nobody is believed about where a request came from', forged.status === 200 && !('strict-transport-security' in forged.headers) && !forged.body.includes('evil.test'));
const plain = await get('/api/machines?$top=1');
expect('no banner, no sniffing, no caching', !plain.headers.server && plain.headers['x-content-type-options'] === 'nosniff' && plain.headers['cache-control'] === 'no-store');
for (const origin of ['https://evil.test', 'null', 'http://localhost.evil.test'])
  expect(`${origin} is not let in`, !('access-control-allow-origin' in (await get('/api/machines?$top=1', {Origin: origin})).headers));

// ---- S17: sizes ----------------------------------------------------------------------------------------------
expect('header of 20 KB', status(await talk(`GET /health/live HTTP/1.1\r\n${close}A: ${'a'.repeat(20000)}\r\n\r\n`, 5000)) === 431);
expect('address of 9 KB', status(await talk(`GET /${'a'.repeat(9000)} HTTP/1.1\r\n${close}\r\n`, 5000)) === 414);
expect('body of 2 MB', status(await talk(`POST /api/merlon/session HTTP/1.1\r\n${close}Content-Type: application/json\r\nContent-Length: 2000000\r\n\r\n`, 5000)) === 413);
const chunked = await talk(`POST /api/merlon/session HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\n` + `10000\r\n${'a'.repeat(0x10000)}\r\n`.repeat(20), 8000);
expect('body of 1.3 MB in chunks', status(chunked) === 413, chunked);
const post = (path, text) => get(path, {'Content-Type': 'application/json'}, 'POST', text);
expect('depth of 100,000', (await post('/api/merlon/users', '['.repeat(100000))).status === 400);
expect('objects in objects', (await post('/api/advancedqueries/run', '{"Query":' + '{"a":'.repeat(200) + '1' + '}'.repeat(200) + '}')).status === 400);
expect('a member twice', (await post('/api/merlon/users', '{"name":"a","name":"b","password":"a long enough sentence","role":"Reader"}')).status === 400);
expect('a number too large', (await post('/api/merlon/tokens', '{"name":"a","days":1e999}')).status === 400);
expect('bad UTF-8 in a body', (await post('/api/advancedqueries/run', Buffer.from([0x7b, 0x22, 0x51, 0xff, 0x22, 0x7d]))).status === 400);
expect('a query of 70 KB', (await post('/api/advancedqueries/run', JSON.stringify({Query: 'DeviceInfo | where DeviceName == "' + 'a'.repeat(70000) + '"'}))).status === 400);
expect('a filter of 8 KB of brackets', (await get('/api/machines?$filter=' + '('.repeat(7000))).status === 400);
expect('a long chain', (await get('/api/machines?$top=1&$filter=' + encodeURIComponent(Array(300).fill("id eq 'x'").join(' or ')))).status === 200);

// ---- S18: bombs ------------------------------------------------------------------------------------------------
const pack = (bytes, coding = 'gzip') => get('/api/advancedqueries/run', {'Content-Type': 'application/json', 'Content-Encoding': coding}, 'POST', bytes);
const query = Buffer.from(JSON.stringify({Query: 'print 1'}));
expect('a packed body is taken', (await pack(gzipSync(query))).status === 200);
expect('packed twice is no JSON', (await pack(gzipSync(gzipSync(query)))).status === 400);
expect('a bomb is refused', (await pack(gzipSync(Buffer.alloc(200_000_000)).subarray(0, 190_000))).status === 413);
expect('a small bomb is refused', (await pack(gzipSync(Buffer.alloc(900_000)))).status === 413);
expect('a packed body that is cut', (await pack(gzipSync(query).subarray(0, 15))).status === 400);
expect('a coding that nobody reads', (await pack(query, 'br')).status === 415);

// ---- S16: slow ones ------------------------------------------------------------------------------------------
const slow = [];
for (let i = 0; i < 300; ++i) {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const one = {closed: false};
  socket.on('close', () => { one.closed = true; });
  socket.write('GET /health/live HTTP/1.1\r\nHost: localhost\r\nA: ');
  one.timer = setInterval(() => socket.write('a'), 2000);
  slow.push(one);
}
await new Promise((resolve) => setTimeout(resolve, 500));
const begun = Date.now();
expect('others are served beside 300 slow ones', (await get('/health/live')).status === 200 && Date.now() - begun < 3000, Date.now() - begun);
await new Promise((resolve) => setTimeout(resolve, 12500));
expect('a header that does not come is not waited for', slow.every((one) => one.closed), slow.filter((one) => !one.closed).length);
slow.forEach((one) => clearInterval(one.timer));
// A body that does not come ends the connection after 30 seconds, and an answer that nobody takes does; others go on.
const stuck = ['POST /api/merlon/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
  'GET /api/machines/SoftwareInventoryByMachine?$format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n'].map((text) => {
  const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
  const one = {closed: false, begun: Date.now()};
  socket.on('error', () => {});
  socket.on('close', () => { one.closed = true; one.after = Date.now() - one.begun; });
  if (text.startsWith('GET')) socket.pause();
  else socket.resume();
  return one;
});
for (let i = 0; i < 36 && !stuck[0].closed; ++i) await new Promise((resolve) => setTimeout(resolve, 1000));
expect('a body that does not come is not waited for', stuck[0].closed && stuck[0].after > 20000, stuck[0].after);
expect('others are served meanwhile', (await get('/health/live')).status === 200);

console.log(`${passed} ${failed}`);
process.exit(0);
