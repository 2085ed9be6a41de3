// A publisher of feeds that misbehaves on demand: the first part of the path says how. Serves until its input ends.
// usage: node publisher.mjs LOG [KEY CERTIFICATE]   prints "HTTP_PORT HTTPS_PORT PROXY_PORT"; a line of LOG is one request
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import zlib from 'node:zlib';

const [log, key, certificate] = process.argv.slice(2);
const seen = new Map(); // requests of each address without its query
const note = (entry) => fs.appendFileSync(log, JSON.stringify(entry) + '\n');

const kev = (count, day = 1) => JSON.stringify({
  title: 'CISA Catalog of Known Exploited Vulnerabilities', catalogVersion: `2099.01.0${day}`, dateReleased: `2099-01-0${day}T00:00:00.000Z`, count,
  vulnerabilities: Array.from({ length: count }, (_, i) => ({
    cveID: `CVE-2099-${1000 + i}`, vendorProject: 'Examplesoft', product: 'Archiver', vulnerabilityName: 'Examplesoft Archiver flaw', dateAdded: '2099-01-01',
    shortDescription: 'A flaw.', requiredAction: 'Update.', dueDate: '2099-02-01', knownRansomwareCampaignUse: 'Unknown', notes: '', cwes: [] })) });
const epss = zlib.gzipSync('#model_version:v2025.03.14,score_date:2099-01-01T00:00:00+0000\ncve,epss,percentile\n' +
  Array.from({ length: 4000 }, (_, i) => `CVE-2099-${1000 + i},0.${String((i * 7919) % 100000).padStart(5, '0')},0.5\n`).join(''));
const nvd_record = (number, modified) => ({ cve: {
  id: `CVE-2099-200${number}`, sourceIdentifier: 'a@b.example', published: '2099-01-01T00:00:00.000', lastModified: modified, vulnStatus: 'Analyzed',
  descriptions: [{ lang: 'en', value: `Flaw ${number} as of ${modified}` }], metrics: {}, references: [] } });
const nvd_page = (records, start, total, timestamp) => JSON.stringify({
  resultsPerPage: records.length, startIndex: start, totalResults: total, format: 'NVD_CVE', version: '2.0', timestamp, vulnerabilities: records });
const nvd_year = nvd_page([1, 2, 3, 4, 5].map((n) => nvd_record(n, '2099-01-02T00:00:00.000')), 0, 5, new Date(Date.now() - 3 * 86400e3).toISOString().slice(0, -1));
const nvd_changes = [3, 4, 5, 6, 7].map((n) => nvd_record(n, '2099-01-05T00:00:00.000'));

// A folder of CSAF documents: an archive of the first of May 2099, and what changed since. In mode `second` more of it.
const vex = (number, day, state) => JSON.stringify({
  document: { category: 'csaf_vex', csaf_version: '2.0', title: `Flaw ${number} of day ${day}`, publisher: { name: 'Red Hat Product Security' },
    tracking: { id: `CVE-2099-300${number}`, initial_release_date: '2099-04-01T00:00:00Z', current_release_date: `2099-05-0${day}T00:00:00Z` } },
  product_tree: { branches: [{ category: 'vendor', name: 'Red Hat', branches: [
    { category: 'product_name', name: 'RHEL', product: { product_id: 'P', name: 'RHEL', product_identification_helper: { cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos' } } },
    { category: 'product_version', name: 'x', product: { product_id: 'x', name: 'x', product_identification_helper: { purl: 'pkg:rpm/redhat/x?arch=src' } } }] }],
  relationships: [{ category: 'default_component_of', full_product_name: { product_id: 'P:x', name: 'n' }, product_reference: 'x', relates_to_product_reference: 'P' }] },
  vulnerabilities: [{ cve: `CVE-2099-300${number}`, notes: [{ category: 'description', text: `Flaw ${number} as of day ${day}` }], product_status: { [state]: ['P:x'] } }] });
function tar(files) {
  const blocks = [];
  for (const [name, text] of Object.entries(files)) {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0' + '0000000\0'.repeat(2) + Buffer.byteLength(text).toString(8).padStart(11, '0') + '\0' + '00000000000\0' + '        0', 100);
    head.write('ustar\x0000', 257);
    head.write([...head].reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0') + '\0 ', 148);
    blocks.push(head, Buffer.from(text), Buffer.alloc((512 - (Buffer.byteLength(text) % 512)) % 512));
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
function csaf_folder(mode, name) {
  const later = mode === 'second';
  if (name === 'archive_latest.txt') return mode === 'page' ? '<html>' : mode === 'dated' ? 'archive.tar.gz' : 'csaf_vex_2099-05-01.tar.gz\n';
  if (name.endsWith('.tar.gz'))
    return zlib.gzipSync(tar(Object.fromEntries([1, 2, 3].map((n) => [`2099/cve-2099-300${n}.json`, vex(n, 1, 'known_affected')]))));
  if (name === 'changes.csv') return (later ? '"2099/cve-2099-3004.json","2099-05-03T00:00:00+00:00"\n' : '') + '"2099/cve-2099-3002.json","2099-05-02T10:00:00+00:00"\n"2099/cve-2099-3001.json","2099-04-01T00:00:00+00:00"\n';
  if (name === 'deletions.csv') return '"2098/cve-2098-0001.json","2098-01-01T00:00:00+00:00"\n' + (later ? '"2099/cve-2099-3003.json","2099-05-03T00:00:00+00:00"\n' : '');
  const document = /^2099\/cve-2099-300(\d)\.json$/.exec(name);
  return document ? vex(document[1], document[1] === '4' ? 3 : 2, 'known_not_affected') : undefined;
}

function feed(address, mode) {
  const csaf = address.split(/\/data\/csaf\/v2\/vex(?:-feed)?\//)[1];
  if (csaf) {
    const body = csaf_folder(mode, csaf);
    return body && Buffer.from(body);
  }
  if (address.includes('known_exploited')) return Buffer.from(kev(300));
  if (address.includes('epss_scores')) return epss;
  if (/nvdcve-2\.0-\d{4}/.test(address)) return zlib.gzipSync(nvd_year);
  return undefined;
}

function send(request, response, body, headers = {}) {
  const etag = headers.etag ?? (headers['last-modified'] ? undefined : '"one"');
  const all = { 'content-type': 'application/octet-stream', ...headers, ...(etag ? { etag } : {}) };
  if ((etag && request.headers['if-none-match'] === etag) || (all['last-modified'] && request.headers['if-modified-since'] === all['last-modified']))
    return response.writeHead(304, etag ? { etag } : {}).end();
  const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  if (range && request.headers['if-range'] === etag) {
    const from = Number(range[1]);
    return response.writeHead(206, { ...all, 'content-range': `bytes ${from}-${body.length - 1}/${body.length}`, 'content-length': body.length - from }).end(body.subarray(from));
  }
  return response.writeHead(200, { ...all, 'content-length': body.length }).end(body);
}

// 500 bytes a second, as long as somebody waits for them.
function drip(request, response, body, at) {
  if (request.socket.destroyed || at >= body.length) return;
  response.write(body.subarray(at, at + 50));
  setTimeout(() => drip(request, response, body, at + 50), 100);
}

// The live API: at most two records a page, as the server pleases; in mode `moving` a record more after the first page.
function live(mode, asked, response, nth) {
  if (mode === 'busy' && nth === 1) return response.writeHead(403, { 'content-type': 'text/plain' }).end('slow down');
  const start = Number(asked.get('startIndex'));
  const total = mode === 'moving' && nth > 1 ? nvd_changes.length : mode === 'moving' ? nvd_changes.length - 1 : nvd_changes.length;
  const body = nvd_page(nvd_changes.slice(0, total).slice(start, start + 2), start, total, new Date().toISOString().slice(0, -1));
  return response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

function answer(request, response) {
  const url = new URL(request.url, 'http://publisher');
  const [, mode, ...rest] = url.pathname.split('/');
  const nth = (seen.get(url.pathname) ?? 0) + 1;
  seen.set(url.pathname, nth);
  note({ mode, path: rest.join('/'), query: url.search, method: request.method, tls: Boolean(request.socket.encrypted), headers: request.headers });
  if (rest.join('/').startsWith('rest/json/cves')) return live(mode, url.searchParams, response, nth);
  const body = feed(url.pathname, mode);
  if (!body) return response.writeHead(404).end('no such feed');
  switch (mode) {
    case 'dated': return send(request, response, body, { 'last-modified': 'Thu, 01 Jan 2099 00:00:00 GMT' });
    case 'busy': return nth === 1 ? response.writeHead(503).end('busy') : send(request, response, body);
    case 'down': return response.writeHead(500).end('out of order');
    case 'dropped': // half of it, then the line is dead
      if (nth > 1) return send(request, response, body);
      response.writeHead(200, { etag: '"one"', 'content-length': body.length }).write(body.subarray(0, body.length >> 1));
      return setTimeout(() => request.socket.destroy(), 100);
    case 'cut': return send(request, response, body.subarray(0, body.length >> 1), { etag: '"cut"' });
    case 'page': if (rest.includes('vex')) return send(request, response, body);
      return send(request, response, Buffer.from('<!DOCTYPE html><html><body>Service unavailable</body></html>'), { etag: '"page"' });
    case 'empty': return response.writeHead(200, { 'content-length': 0, etag: '"empty"' }).end();
    case 'other': return send(request, response, Buffer.from('{"weather":"fine"}'), { etag: '"other"' });
    case 'shrunk': return send(request, response, Buffer.from(kev(1, 2)), { etag: '"shrunk"' });
    case 'moved': return response.writeHead(302, { location: `/good/${rest.join('/')}` }).end();
    case 'outside': return response.writeHead(302, { location: `//192.0.2.1:8080/${rest.join('/')}` }).end();
    case 'loop': return response.writeHead(302, { location: url.pathname }).end();
    case 'inside': return response.writeHead(302, { location: `http://127.0.0.1:${ports[0]}/good/${rest.join('/')}` }).end();
    case 'later': return response.writeHead(429, { 'retry-after': '3000' }).end('slow down');
    case 'soon': return nth === 1 ? response.writeHead(429, { 'retry-after': '1' }).end('slow down') : send(request, response, body);
    case 'same': return response.writeHead(304, { etag: '"one"' }).end();
    case 'bomb': return send(request, response, zlib.gzipSync(Buffer.concat([Buffer.from('{"format":"NVD_CVE","vulnerabilities":[{"cve":{"id":"CVE-2024-0012","descriptions":[{"lang":"en","value":"'), Buffer.alloc(300e6, 'x')])), { etag: '"bomb"' });
    case 'mute': return undefined; // takes the request and says nothing
    case 'mixed': if (!rest.join('/').includes('known_exploited')) return send(request, response, body);
    // falls through: one feed of many comes drop by drop
    case 'slow': case 'hang':
      response.writeHead(200, { etag: '"one"', 'content-length': body.length }).flushHeaders();
      return mode === 'hang' ? undefined : drip(request, response, body, 0);
    case 'away': return response.writeHead(302, { location: 'ftp://127.0.0.1/x' }).end();
    case 'second': if (rest.includes('vex')) return send(request, response, body, { etag: `"${url.pathname}"` });
      return send(request, response, Buffer.from(kev(301, 2)), { etag: '"two"' });
    default: return send(request, response, body);
  }
}

const listening = (server) => new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.address().port)));
const ports = [await listening(http.createServer(answer))];
ports.push(key ? await listening(https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(certificate) }, answer)) : 0);
const proxy = http.createServer((request, response) => response.writeHead(405).end());
proxy.on('connect', (request, socket, head) => {
  note({ mode: 'proxy', path: request.url });
  const [, port] = request.url.split(':');
  const there = net.connect(Number(port), '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    there.write(head);
    there.pipe(socket).pipe(there);
  });
  for (const end of [there, socket]) end.on('error', () => { there.destroy(); socket.destroy(); });
});
ports.push(await listening(proxy));
console.log(ports.join(' '));
process.stdin.resume().on('end', () => process.exit(0));
