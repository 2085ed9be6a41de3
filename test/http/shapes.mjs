// Real answers of a running server with the demo fleet: pages, formats, exports, descriptions, tokens, limits.
// usage: node shapes.mjs http://127.0.0.1:PORT; prints FAILED lines and closes with "passed failed".
import {gunzipSync} from 'node:zlib';
import {Validator} from '@seriousme/openapi-schema-validator';
import {xml2json} from 'odata-csdl';

const base = process.argv[2];
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 400)}`); }
}
const ask = (path, options) => fetch(path.startsWith('http') ? path : base + path, options);
const json = async (path, options) => (await ask(path, options)).json();

// ---- Descriptions --------------------------------------------------------------------------------------------
const openapi = await json('/api/openapi.json');
const verdict = await new Validator().validate(structuredClone(openapi));
expect('the OpenAPI document is valid', verdict.valid, JSON.stringify(verdict.errors));
const operations = Object.entries(openapi.paths).flatMap(([path, item]) => Object.entries(item).map(([method, about]) => ({path, method, ...about})));
expect('every operation has a summary and a permission', operations.every((one) => one.summary && (one['x-permission'] || one.security?.length === 0)));
expect('operation ids are unique', new Set(operations.map((one) => one.operationId)).size === operations.length);
let model;
try { model = xml2json(await (await ask('/api/$metadata')).text()); } catch (problem) { expect('$metadata is CSDL', false, problem); }
expect('$metadata has the sets', model?.merlon?.Service?.Machines?.$Type === 'merlon.Machines', JSON.stringify(model?.merlon?.Service));
for (const {url} of (await json('/api')).value) expect(`the service document's ${url} answers`, (await ask(`/api/${url}?$top=1`)).status === 200);

// ---- Lists: every one, by what its schema says ---------------------------------------------------------------
const kinds = {string: (v) => typeof v === 'string', integer: Number.isInteger, number: (v) => typeof v === 'number', boolean: (v) => typeof v === 'boolean', array: Array.isArray};
for (const {path, parameters} of operations.filter((one) => one.method === 'get' && one.parameters?.some((p) => p.name === '$orderby') && !one.path.includes('{'))) {
  const since = parameters.some((p) => p.name === 'sinceTime' && p.required) ? `&sinceTime=${new Date(Date.now() - 86400000).toISOString()}` : '';
  const answer = await json(`${path}?$top=3&$count=true${since}`);
  expect(`${path} has the envelope`, Array.isArray(answer.value) && typeof answer['@odata.context'] === 'string' && Number.isInteger(answer['@odata.count']), JSON.stringify(answer));
  const schema = openapi.paths[path].get.responses['200'].content['application/json'].schema.properties.value.items.$ref.split('/').pop();
  const properties = Object.entries(openapi.components.schemas[schema].properties);
  // What is costly comes when it is named only.
  const named = await json(`${path}?$top=3&$select=${properties.map(([name]) => name)}${since}`);
  for (const entity of [...(answer.value ?? []), ...(named.value ?? [{}])])
    for (const [name, about] of properties) {
      if (about['x-onDemand'] && answer.value.includes(entity)) {
        expect(`${path}: ${name} comes when it is named only`, !(name in entity));
        continue;
      }
      const value = entity[name];
      const types = [about.type].flat().filter((type) => type && type !== 'null');
      const fits = value !== undefined && (value === null || types.length === 0 || types.some((type) => kinds[type](value)));
      if (!fits) expect(`${path}: ${name} is as described`, false, JSON.stringify(value));
    }
  const csv = await (await ask(`${path}?$top=2&$format=csv${since}`)).text();
  expect(`${path} as CSV`, csv.split('\r\n').length >= 2, csv);
}

// ---- Paging --------------------------------------------------------------------------------------------------
async function all(path, size) {
  const rows = [];
  for (let next = base + path, pages = 0; next && pages < 1000; ++pages) {
    const page = await json(next, {headers: {Prefer: `odata.maxpagesize=${size}`}});
    if (!page.value) { expect(`${path} pages`, false, JSON.stringify(page)); break; }
    rows.push(...page.value);
    next = page['@odata.nextLink'];
  }
  return rows;
}
for (const path of ['/api/machines?$orderby=osPlatform desc,lastSeen&$select=id', '/api/vulnerabilities?$filter=exposedMachines gt 0&$orderby=cvssV3 desc', '/api/Software?$orderby=weaknesses',
  // What is joined for an order or a condition alone, and for the fields of a page.
  "/api/machines?$filter=exposureLevel ne 'None'&$orderby=riskScore desc,exposureScore&$select=id,isExcluded,exclusionReason,riskScore,pendingRestart",
  '/api/machines/SoftwareVulnerabilitiesByMachine?$filter=cvssScore ge 9']) {
  const split = path.includes('Vuln') ? 17 : 7;
  const paged = await all(encodeURI(path), split), whole = await all(encodeURI(path), 10000);
  expect(`${path}: pages of ${split} come to the whole`, paged.length === whole.length && paged.length > split && JSON.stringify(paged) === JSON.stringify(whole), `${paged.length} ${whole.length}`);
}
const top = await all('/api/machines?$top=20&$select=id', 7);
expect('$top is the number in all', top.length === 20, top.length);

// ---- Export assessments --------------------------------------------------------------------------------------
for (const [pages, files] of [['SoftwareInventoryByMachine', 'SoftwareInventoryExport'], ['SoftwareVulnerabilitiesByMachine', 'SoftwareVulnerabilitiesExport'],
  ['SecureConfigurationsAssessmentByMachine', 'SecureConfigurationsAssessmentExport'], ['certificateAssessmentByMachine', 'CERTIFICATEASSESSMENTEXPORT']]) {
  const rows = await all(`/api/machines/${pages}?pageSize=50000`, 200000);
  const answer = await json(`/api/v1.0/machines/${files}?sasValidHours=2`);
  expect(`${files} names files`, answer.exportFiles?.length > 0 && !Number.isNaN(Date.parse(answer.generatedTime)), JSON.stringify(answer));
  let lines = 0, first;
  for (const url of answer.exportFiles ?? []) {
    const text = gunzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).toString();
    for (const line of text.split('\n').filter(Boolean)) { first ??= JSON.parse(line); ++lines; }
  }
  expect(`${files} has the rows of ${pages}`, lines === rows.length, `${lines} ${rows.length}`);
  if (rows.length) expect(`${files} writes Pascal case`, Object.keys(rows[0]).every((name) => name[0].toUpperCase() + name.slice(1) in first), Object.keys(first));
}

// ---- Formats, compression, not modified ----------------------------------------------------------------------
const hunt = {method: 'POST', headers: {'Content-Type': 'application/json', Accept: 'text/csv'}, body: JSON.stringify({Query: 'DeviceTvmSoftwareVulnerabilities | project DeviceName, CveId'})};
const csv = await (await ask('/api/advancedhunting/run', hunt)).text();
const count = await json('/api/advancedhunting/run', {...hunt, headers: {'Content-Type': 'application/json'}, body: JSON.stringify({Query: 'DeviceTvmSoftwareVulnerabilities | count'})});
expect('a hunt as CSV has every row', csv.trimEnd().split('\r\n').length - 1 === count.Results[0].Count, `${csv.split('\r\n').length} ${JSON.stringify(count.Results)}`);
const parquet = Buffer.from(await (await ask('/api/advancedhunting/run?$format=parquet', hunt)).arrayBuffer());
expect('a hunt as Parquet', parquet.subarray(0, 4).toString() === 'PAR1' && parquet.subarray(-4).toString() === 'PAR1');
const first = await ask('/api/recommendations?$top=5');
const again = await ask('/api/recommendations?$top=5', {headers: {'If-None-Match': first.headers.get('etag')}});
expect('what has not changed is not sent', again.status === 304, again.status);
const packed = await ask('/api/machines');
expect('long answers are compressed', packed.headers.get('content-encoding') === 'gzip' && (await packed.json()).value.length > 0);
const expanded = await json("/api/machines?$top=2&$select=id&$expand=software($select=id;$top=2;$count=true)");
expect('lists are expanded', expanded.value.every((one) => one.software.length === 2 && one['software@odata.count'] > 2), JSON.stringify(expanded));

// ---- Limits: an application of its own, which ends the open access ------------------------------------------------
async function application(name, permissions, headers = {}) {
  const made = await json('/api/merlon/applications', {method: 'POST', headers: {...headers, 'Content-Type': 'application/json'}, body: JSON.stringify({name, permissions})});
  const token = await json('/some-tenant/oauth2/v2.0/token', {method: 'POST', body: new URLSearchParams({grant_type: 'client_credentials', client_id: made.id, client_secret: made.secret, scope: 'x/.default'})});
  return {Authorization: `Bearer ${token.access_token}`};
}
const bearer = await application('test', ['AdvancedQuery.Read.All', 'Software.Read.All', 'Merlon.Access.Manage']);
const another = await application('another', ['AdvancedQuery.Read.All'], bearer);
expect('others are not let in any more', (await ask('/api/machines')).status === 401);
expect('only what the token may', (await ask('/api/machines', {headers: bearer})).status === 403);
const links = await json('/api/machines/SoftwareInventoryExport', {headers: bearer});
expect('a link needs no other credential', (await fetch(links.exportFiles[0])).status === 200, JSON.stringify(links));
expect('a link is good for its path only', (await fetch(links.exportFiles[0].replace('SoftwareInventoryExport', 'SoftwareVulnerabilitiesExport'))).status === 401);
expect('a changed link is refused', (await fetch(links.exportFiles[0].slice(0, -3) + 'xyz')).status === 401);
expect('no link, no file', (await fetch(links.exportFiles[0].split('?')[0])).status === 401);
let limited;
for (let i = 0; i < 20 && !limited; ++i) {
  const answer = await ask('/api/advancedqueries/run', {method: 'POST', headers: {...bearer, 'Content-Type': 'application/json'}, body: '{"Query":"print 1"}'});
  if (answer.status === 429) limited = answer;
}
const refusal = await limited?.json();
expect('too many queries are refused with the time to wait', Number(limited?.headers.get('retry-after')) > 0 && refusal.error.code === 'TooManyRequests');
expect('and with the limit that was met', /10 queries a minute/.test(refusal?.error.message), JSON.stringify(refusal));
// Nobody else is locked out: the same caller's other calls, another application from the same address.
expect('other calls of the caller go on', (await ask('/api/Software?$top=1', {headers: bearer})).status === 200);
expect('other callers go on', (await ask('/api/advancedqueries/run', {method: 'POST', headers: {...another, 'Content-Type': 'application/json'}, body: '{"Query":"print 1"}'})).status === 200);

console.log(`${passed} ${failed}`);
