// Every row of every list and single read that Defender's API has, as defender.txt says it: fields, types, null, words, forms of ids, contexts.
// usage: node entities.mjs http://127.0.0.1:PORT (demo fleet, open access); prints FAILED lines and closes with "passed failed".
import {readFileSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';

const base = process.argv[2];
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 300)}`); }
}
const get = async (path) => {
  const answer = await fetch(base + '/api/' + path.replaceAll(' ', '%20'));
  return {status: answer.status, type: answer.headers.get('content-type'), version: answer.headers.get('odata-version'), body: await answer.json()};
};
const send = async (path, body) => (await fetch(base + '/api/' + path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})).json();
const first = async (path) => (await get(path)).body.value?.[0];

// ---- What the fleet has not by itself: somebody who signed in, an alert with evidence, an activity, a scan ------------------------
const name = 'ws-0001.demo.example', windows = (await get(`machines/${name}`)).body.id;
const inventory = {merlon_report: 1, name: 'signed-in.demo.example', os: {distribution: 'windows', version: '10.0.22631.3155', release: '23H2', platform: 'Windows11'}, interfaces: [{name: 'Ethernet', mac: '02:00:00:00:99:01', addresses: ['10.9.9.9']}],
  software: [{source: 'programs', name: 'Google Chrome', vendor: 'Google LLC', version: '120.0.6099.109'}], tags: ['server'], group: 'Servers',
  settings: [{key: 'logon.DEMO\\ada', value: '{"types":"Interactive, Network","admin":true}'}]};
const taken = await fetch(base + '/api/merlon/reports', {method: 'POST', headers: {'Content-Type': 'application/x-ndjson'}, body: JSON.stringify(inventory)});
expect('an inventory is taken', taken.status < 300, await taken.text());
const machine = (await get('machines/signed-in.demo.example')).body.id;
const raised = await send('alerts/ingest', {title: 'Something odd', severity: 'High', machineId: machine, evidence: [{entityType: 'File', fileName: 'a.exe', sha1: 'da39a3ee5e6b4b0d3255bfef95601890afd80709'}]});
const task = await send('remediationTasks', {recommendationId: 'va-_-google-_-chrome', dueOn: new Date(Date.now() + 9e8).toISOString()});
const scan = await send('DeviceAuthenticatedScanDefinitions', {scanType: 'Network', scanName: 'switches', target: '10.0.0.1', targetType: 'Ip', scannerAgent: {machineId: windows},
  scanAuthenticationParams: {'@odata.type': '#microsoft.windowsDefenderATP.api.SnmpAuthParams', type: 'AuthPriv', username: 'u', authProtocol: 'MD5', authPassword: 'never shown', privProtocol: 'AES', privPassword: 'never shown'}});
const known = {machine, windows, name, task: task.id, scan: scan.id, address: '10.9.9.9', seen: new Date().toISOString(), since: new Date(Date.now() - 86400000).toISOString(),
  recommendation: 'va-_-google-_-chrome', software: 'google-_-chrome', configuration: (await first("recommendations?$filter=remediationType eq 'ConfigurationChange'"))?.id,
  cve: (await first('vulnerabilities?$filter=exposedMachines gt 0'))?.id, alert: (await first('alerts'))?.id};
for (const [what, value] of Object.entries(known)) expect(`there is a ${what}`, typeof value === 'string' && value !== '', JSON.stringify([raised, task, scan]));

// ---- defender.txt ----------------------------------------------------------------------------------------------------------------
const types = {
  text: (v) => typeof v === 'string', long: Number.isSafeInteger, double: (v) => typeof v === 'number', bool: (v) => typeof v === 'boolean',
  date: (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(v) && !Number.isNaN(Date.parse(v)), stamp: (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(v),
  guid: (v) => typeof v === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(v), object: (v) => v !== null && typeof v === 'object' && !Array.isArray(v), any: () => true,
};
// What is wrong with the value of a field: '' when nothing is.
function fault({type, nullable, list, may}, value) {
  if (value === undefined) return 'is missing';
  if (value === null) return nullable ? '' : 'is null';
  if (list) {
    if (!Array.isArray(value)) return `is no list: ${JSON.stringify(value)}`;
    return value.map((one) => fault({type, may}, one)).find(Boolean) ?? '';
  }
  if (!types[type](value)) return `is no ${type}: ${JSON.stringify(value)}`;
  if (!may) return '';
  if (type === 'object') {
    const absent = may.split(' ').filter((member) => !(member in value));
    return absent.length ? `has no ${absent}: ${JSON.stringify(value)}` : '';
  }
  const [, low, high] = /^(\d+)\.\.(\d+)$/.exec(may) ?? [];
  const fits = low !== undefined ? value >= Number(low) && value <= Number(high) : may.startsWith('/') ? new RegExp(may.slice(1, -1)).test(value) : may.split('|').includes(value);
  return fits ? '' : `is not ${may}: ${JSON.stringify(value)}`;
}
// Each field is judged over all rows, so that one that is wrong everywhere is told once.
function judge(where, fields, rows, spelt = (field) => field) {
  for (const [field, form] of fields) {
    const faults = rows.map((row) => fault(form, row[spelt(field)])).filter(Boolean);
    expect(`${where}: ${spelt(field)} ${faults[0] ?? ''} (${faults.length} of ${rows.length})`, faults.length === 0);
  }
}
const fill = (path) => path.replace(/\{(\w+)\}/g, (_, word) => encodeURIComponent(known[word]));
const also = (path, options) => path + (path.includes('?') ? '&' : '?') + options;
let entity, fields, list, count;
for (const line of readFileSync(new URL('defender.txt', import.meta.url), 'utf8').split('\n')) {
  const [word, ...rest] = line.trim().split(/ +/);
  if (line === '' || line.startsWith('#')) continue;
  if (line.startsWith('  ')) {
    const [, type, mark] = /^(\w+)(\?|\[\])?$/.exec(rest[0]) ?? [];
    if (!(type in types)) throw new Error(`defender.txt: ${line}`);
    fields.set(word, {type, nullable: mark === '?', list: mark === '[]', may: rest.slice(1).join(' ')});
  } else if (word === 'entity') {
    entity = rest.join(' ');
    fields = new Map();
  } else if (word === 'at') {
    const path = fill(rest[0]), answer = await get(path), single = rest[1].endsWith('/$entity') || rest[2] === 'one';
    expect(`${path} answers as OData`, answer.status === 200 && answer.version === '4.0' && /^application\/json; odata\.metadata=minimal/.test(answer.type), JSON.stringify([answer.type, answer.version, answer.body]));
    expect(`${path} is of ${rest[1]}`, answer.body['@odata.context'] === `${base}/api/$metadata${rest[1]}`, answer.body['@odata.context']);
    expect(`${path} is ${single ? 'one' : 'a list'}`, single ? !('value' in answer.body) : Array.isArray(answer.body.value), JSON.stringify(answer.body));
    const rows = single ? [answer.body] : answer.body.value ?? [];
    expect(`${path} has rows`, rows.length > 0);
    judge(`${entity}, ${path}`, fields, rows);
    if (single || rest[1] === '#ExposureScore') continue;
    [list, count] = [path, rows.length];
    if (fields.has('id')) expect(`${path} has each id once`, new Set(rows.map((row) => row.id)).size === rows.length);
    // Every property may be chosen, and everything of one value may be ordered by and filtered.
    const [whole, one] = [rows[0], (await get(also(path, `$top=1&$select=${[...fields.keys()]}`))).body.value?.[0]];
    if (!path.includes('$expand')) expect(`${path} gives what $select names`, one && [...fields.keys()].every((field) => field in one) && Object.keys(one).length === fields.size, JSON.stringify(one ?? whole));
    for (const [field, form] of fields)
      if (!form.list && !['object', 'any'].includes(form.type))
        for (const option of [`$orderby=${field} desc`, `$filter=${field} ne null or ${field} eq null`]) {
          const sorted = await get(also(path, `${option}&$count=true&$top=1`));
          expect(`${path} takes ${option}`, sorted.status === 200 && sorted.body['@odata.count'] === count, JSON.stringify(sorted.body));
        }
  } else if (word === 'filter') {
    for (const field of rest) {
      const answer = await get(also(list, `$filter=${field.toUpperCase()} ne null or ${field} eq null&$count=true&$top=1`));
      expect(`${list} takes a condition on ${field}`, answer.status === 200 && answer.body['@odata.count'] === count, JSON.stringify(answer.body));
    }
  } else if (word === 'files') {
    const answer = (await get(rest[0])).body, lines = [];
    expect(`${rest[0]} names files`, answer['@odata.context'] === `${base}/api/$metadata#microsoft.windowsDefenderATP.api.ExportFilesResponse` && types.date(answer.generatedTime) && answer.exportFiles?.length > 0, JSON.stringify(answer));
    for (const url of answer.exportFiles ?? []) {
      const file = await fetch(url);
      for (const row of gunzipSync(Buffer.from(await file.arrayBuffer())).toString().split('\n')) if (row !== '') lines.push(JSON.parse(row));
    }
    expect(`${rest[0]} has the rows of ${list}`, lines.length === count, `${lines.length} ${count}`);
    judge(`${entity}, ${rest[0]}`, fields, lines, (field) => field[0].toUpperCase() + field.slice(1));
    expect(`${rest[0]} has no name in camel case`, lines.every((row) => Object.keys(row).every((key) => /^[A-Z]/.test(key))), JSON.stringify(lines[0]));
  } else throw new Error(`defender.txt: ${line}`);
}

// ---- What scores are made of (docs/exposure-score.md, E11): asked again where a publication came between -------------------------
const sum = async (path) => (await get(path)).body.value.reduce((all, {points}) => all + points, 0);
const near = async (path, whole) => {
  let parts, score;
  for (let attempt = 0; attempt < 3; ++attempt) {
    [parts, score] = [await sum(path), await whole()];
    if (Math.abs(parts - score) < 1e-6) break;
  }
  expect(`${path} sums to the score`, Math.abs(parts - score) < 1e-6, `${parts} ${score}`);
};
for (const by of ['ByVulnerability', 'BySoftware', 'ByRecommendation', 'ByMachine'])
  await near(`exposureScore/${by}`, async () => (await get('exposureScore')).body.score);
for (const {id} of (await get('machines?$top=20&$select=id&$orderby=exposureScore desc')).body.value)
  await near(`machines/${id}/exposure`, async () => (await get(`machines/${id}?$select=exposureScore`)).body.exposureScore);

// ---- Words of a scale are ordered by what they mean, also from page to page -------------------------------------------------------
const levels = ['None', 'Informational', 'Low', 'Normal', 'Medium', 'High', 'Critical'], support = ['None', 'Upcoming EOS Version', 'Upcoming EOS Software', 'EOS Version', 'EOS Software'];
for (const [list, field, scale] of [['machines', 'exposureLevel', levels], ['machines', 'riskScore', levels], ['machines', 'deviceValue', levels], ['vulnerabilities', 'severity', levels], ['alerts', 'severity', levels],
  ['remediationTasks', 'priority', levels], ['browserExtensions', 'risk', levels], [`machines/${windows}/installations`, 'endOfSupportStatus', support]])
  for (const way of ['asc', 'desc']) {
    const words = [];
    for (let path = `${list}?$orderby=${field} ${way}`; path && words.length < 1000;) {
      const answer = await fetch(new URL(path.replaceAll(' ', '%20'), `${base}/api/`), {headers: {Prefer: 'odata.maxpagesize=40'}});
      const page = await answer.json();
      words.push(...page.value.map((row) => row[field]));
      path = page['@odata.nextLink'];
    }
    const places = words.map((word) => scale.indexOf(word) * (way === 'asc' ? 1 : -1));
    expect(`${list} by ${field} ${way}`, words.length > 0 && places.every((place, i) => i === 0 || places[i - 1] <= place), JSON.stringify([...new Set(words)]));
  }
console.log(`${passed} ${failed}`);
