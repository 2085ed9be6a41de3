// The API keeps its word: every endpoint of Defender's vulnerability management API answers below both roots and in any case
// of letters; every GET answers as its OpenAPI schema says; every call that takes a body takes the example of its description.
// usage: node contract.mjs http://127.0.0.1:PORT (demo fleet, no users); prints FAILED lines and closes with "passed failed".
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const base = process.argv[2];
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 500)}`); }
}
const ask = (path, options) => fetch(base + path, {redirect: 'manual', ...options});
const json = async (path, options) => (await ask(path, options)).json();
const send = (method, path, body, type = 'application/json') => ask(path, {method, headers: {'Content-Type': type}, body: typeof body === 'string' ? body : JSON.stringify(body)});
const one = async (path, name = 'id') => (await json(path)).value?.[0]?.[name];

const openapi = await json('/api/openapi.json');
const ajv = new Ajv({strict: false, allErrors: true, validateFormats: true});
formats(ajv);
ajv.addSchema(openapi, 'merlon');
const pointer = (...parts) => 'merlon#/' + parts.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

// ---- What there is on the fleet -----------------------------------------------------------------------------------
const later = new Date(Date.now() + 30 * 86400000).toISOString();
const since = new Date(Date.now() - 86400000).toISOString();
await send('POST', '/api/alerts/ingest', {id: 'edr-1', title: 'Something odd', severity: 'High', machineId: await one('/api/machines?$top=1')});
const known = {
  machine: await one('/api/machines?$orderby=exposureLevel desc&$top=1'), machine2: await one('/api/machines?$skip=3&$top=1'),
  recommendation: await one("/api/recommendations?$filter=remediationType eq 'Update'&$top=1"),
  software: await one('/api/Software?$filter=weaknesses gt 0&$top=1'), cve: await one('/api/vulnerabilities?$filter=exposedMachines gt 0&$top=1'),
  alert: await one('/api/alerts?$top=1'), group: await one('/api/deviceGroups?$top=1', 'name'),
};
for (const [name, value] of Object.entries(known)) expect(`the fleet has a ${name}`, value !== undefined);

// ---- Endpoints of the specification, section 14 --------------------------------------------------------------------
const endpoints = `GET machines, GET machines/M, PATCH machines/M, GET machines/M/logonusers, GET machines/M/alerts, GET machines/M/alerts/$count, GET machines/M/software, GET machines/M/vulnerabilities,
GET machines/M/recommendations, GET machines/M/getmissingkbs, POST machines/M/tags, POST machines/AddOrRemoveTagForMultipleMachines, GET machines/findbytag?tag=x,
GET machines/findbyip(ip='10.0.0.1'\\,timestamp=NOW), POST machines/M/setDeviceValue, GET recommendations, GET recommendations/R, GET recommendations/R/machineReferences, GET recommendations/R/vulnerabilities,
GET recommendations/R/software, GET exposureScore, GET exposureScore/ByMachineGroups, GET configurationScore, GET Software, GET Software/S, GET Software/S/distributions, GET Software/S/machineReferences,
GET Software/S/vulnerabilities, GET Software/S/getmissingkbs, GET vulnerabilities, GET vulnerabilities/C, GET vulnerabilities/C/machineReferences, GET vulnerabilities/machinesVulnerabilities, GET remediationTasks,
GET remediationTasks/T, GET remediationTasks/T/machineReferences, GET machines/SecureConfigurationsAssessmentByMachine, GET machines/SecureConfigurationsAssessmentExport, GET machines/SoftwareInventoryByMachine,
GET machines/SoftwareInventoryExport, GET machines/SoftwareInventoryNoProductCodeByMachine, GET machines/SoftwareInventoryNonCpeExport, GET machines/SoftwareVulnerabilitiesByMachine,
GET machines/SoftwareVulnerabilitiesExport, GET machines/SoftwareVulnerabilityChangesByMachine?sinceTime=SINCE, GET machines/certificateAssessmentByMachine, GET machines/certificateAssessmentExport,
GET machines/BrowserExtensionsInventoryByMachine, GET machines/browserextensionsinventoryExport, GET machines/HardwareFirmwareInventoryByMachine, GET machines/HardwareFirmwareInventoryExport,
GET machines/baselineComplianceAssessmentByMachine, GET machines/BaselineComplianceAssessmentExport, GET machines/InfoGatheringExport, GET baselineProfiles, GET baselineConfigurations, GET browserextensions/permissionsinfo,
GET DeviceAuthenticatedScanDefinitions, POST DeviceAuthenticatedScanDefinitions, POST DeviceAuthenticatedScanDefinitions/BatchDelete,
POST DeviceAuthenticatedScanDefinitions/GetScanHistoryByScanDefinitionId, POST DeviceAuthenticatedScanDefinitions/GetScanHistoryBySessionId, GET DeviceAuthenticatedScanAgents, GET machineactions, GET alerts, GET alerts?$expand=evidence, GET alerts/A, PATCH alerts/A, POST alerts/CreateAlertByReference,
POST alerts/batchUpdate, POST advancedqueries/run, POST advancedhunting/run, GET public/avdeviceshealth, GET deviceavinfo`.split(/(?<!\\),\s*/);
const task = await (await send('POST', '/api/remediationTasks', {recommendationId: known.recommendation, dueOn: later})).json();
expect('a remediation is asked for', typeof task.id === 'string', JSON.stringify(task));
const fill = (path) => path.replaceAll('\\,', ',').replace(/^(machines)\/M/, `$1/${known.machine}`).replace('recommendations/R', `recommendations/${encodeURIComponent(known.recommendation)}`).replace('Software/S', `Software/${encodeURIComponent(known.software)}`)
  .replace('vulnerabilities/C', `vulnerabilities/${known.cve}`).replace('remediationTasks/T', `remediationTasks/${task.id}`).replace('alerts/A', `alerts/${encodeURIComponent(known.alert)}`)
  .replace('NOW', new Date().toISOString()).replace('SINCE', since);
const swap = (text) => [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');
for (const line of endpoints) {
  const [method, path] = [line.slice(0, line.indexOf(' ')), fill(line.slice(line.indexOf(' ') + 1))];
  const [way, query] = path.split('?');
  for (const root of ['/api/', '/api/v1.0/', '/API/V1.0/']) {
    // Keys keep their letters: only the words of the path are written the other way round.
    const spelt = root === '/API/V1.0/' ? way.split('/').map((part) => (/^[A-Za-z$]+$/.test(part) ? swap(part) : part)).join('/') : way;
    const answer = await (method === 'GET' ? ask(root + spelt + (query ? '?' + query : '')) : send(method, root + spelt, {}));
    const text = await answer.text();
    // A write without its body is refused for that, not for its address.
    expect(`${method} ${root}${line.slice(line.indexOf(' ') + 1)} answers`, method === 'GET' ? answer.status === 200 : answer.status === 400 || answer.status === 200, `${answer.status} ${text}`);
  }
}

// ---- Traps of section 16 --------------------------------------------------------------------------------------------
const score = await json('/api/configurationScore');
expect('1: configurationScore is points', typeof score.score === 'number' && score['@odata.context'].endsWith('#ConfigurationScore/$entity'), JSON.stringify(score));
expect('3: CVEs of the fleet can be filtered', (await json('/api/vulnerabilities?$filter=exposedMachines gt 0&$top=5')).value.every((v) => v.exposedMachines > 0));
for (const [path, most] of [['vulnerabilities', 8000], ['machines', 10000], ['recommendations', 10000]])
  expect(`4: ${path} pages at ${most}`, openapi.paths[`/api/${path}`].get.parameters.find((p) => p.name === '$top').description.includes(`page of ${most} `));
expect('5: ids have three characters between vendor and product', /^va-_-.+-_-.+/.test(known.recommendation) && known.software.split('-_-').length === 2, `${known.recommendation} ${known.software}`);
const software = await json(`/api/recommendations/${encodeURIComponent(known.recommendation)}/software`);
expect('6: the software of a recommendation is one object', typeof software.id === 'string' && !('value' in software), JSON.stringify(software));
expect('7: no support data in Software', !('endOfSupportStatus' in (await json('/api/Software?$top=1')).value[0]));
const inventory = (await json('/api/machines/SoftwareInventoryByMachine?$top=1')).value[0];
expect('7, 8: but in the inventory export, in camel case', 'endOfSupportStatus' in inventory && 'deviceId' in inventory, JSON.stringify(inventory));
expect('9: rbacGroupId is a number', typeof (await json('/api/machines?$top=1')).value[0].rbacGroupId === 'number');
const none = await ask("/api/machines?$filter=id eq 'none'");
expect('10: no device is an empty list', none.status === 200 && (await none.json()).value.length === 0);
expect('13: a recommendation is Active or Exception', (await json('/api/recommendations')).value.every((r) => ['Active', 'Exception'].includes(r.status)));

// ---- Bodies: the example of each description is taken -----------------------------------------------------------------
const real = {dueOn: later, endsOn: later, machineId: known.machine, MachineIds: [known.machine], machineIds: [known.machine2], intoMachineId: known.machine2, recommendationId: known.recommendation, recommendations: [known.recommendation],
  subjectId: known.recommendation, cveId: known.cve, alertIds: [known.alert], deviceGroups: [known.group], rbacGroupNames: undefined};
const stands = {'/api/machines': known.machine, '/api/alerts': known.alert, '/api/remediationTasks': task.id};
const order = {post: 0, put: 1, patch: 2, get: 3, delete: 4};
const operations = Object.entries(openapi.paths).flatMap(([path, item]) => Object.entries(item).map(([method, about]) => ({path, method, ...about})));
// Documents of others' making, and queries as the clients of Kusto and Defender send them, may hold more.
const lenient = /import|ingest|queries\/run|hunting\/run|merlon\/hunt$|runHuntingQuery|\/rest\//;
// What osquery asks takes keys that only an agent has (src/api/agents_test.cpp, the suite osquery).
const ofAgents = /\/api\/osquery\/|\/merlon\/agents\/\{id\}/;
// Access comes last: the first user ends the open access.
const closing = ['/api/merlon/users', '/api/merlon/applications', '/api/merlon/claim', '/api/merlon/session', '/api/merlon/tokens', '/{id}/oauth2'];
const tried = operations.filter((o) => o.requestBody && !ofAgents.test(o.path) && !closing.some((p) => o.path.startsWith(p)))
  .sort((a, b) => order[a.method] - order[b.method] || a.path.split('/').length - b.path.split('/').length || Number(a.path.endsWith('/cancel')) - Number(b.path.endsWith('/cancel')));
for (const {path, method, requestBody} of tried.sort((a, b) => Number(/cancel|merge|BatchDelete/.test(a.path)) - Number(/cancel|merge|BatchDelete/.test(b.path)))) {
  const [type, content] = Object.entries(requestBody.content)[0];
  if (type !== 'application/json') continue;
  const body = structuredClone(content.example);
  if (!body) { expect(`${method} ${path} shows an example`, false); continue; }
  for (const name of Object.keys(body)) if (name in real && body[name] !== null) {
    body[name] = real[name];
    if (real[name] === undefined) delete body[name];  // all of them
  }
  const parent = path.split('/{id}')[0];
  const key = stands[parent];
  if (path.includes('{id}') && key === undefined) { expect(`${method} ${path} has something to be tried on`, false, parent); continue; }
  const valid = ajv.validate({$ref: pointer('paths', path, method, 'requestBody', 'content', type, 'schema')}, body);
  expect(`${method} ${path}: the example fits its schema`, valid, JSON.stringify(ajv.errors));
  const answer = await send(method.toUpperCase(), path.replace('{id}', encodeURIComponent(key)), body);
  const text = await answer.text();
  expect(`${method} ${path} takes its example`, answer.status < 300 || answer.status === 409, `${answer.status} ${text}`);
  const wanted = openapi.paths[path][method].responses[String(answer.status)];
  expect(`${method} ${path} says that it answers ${answer.status}`, wanted !== undefined || answer.status >= 300, Object.keys(openapi.paths[path][method].responses));
  if (method === 'post' && !path.includes('{id}') && answer.status === 201) stands[path] ??= JSON.parse(text).id;
  if (path === '/api/notifications/channels') real.channels = [stands[path]];
  if (path === '/api/DeviceAuthenticatedScanDefinitions') real.ScanDefinitionIds = [stands[path]];
  const strange = await send(method.toUpperCase(), path.replace('{id}', encodeURIComponent(key)), {...body, isAdmin: true, __proto__x: 1});
  expect(`${method} ${path} takes nothing else`, strange.status === 400 || lenient.test(path), strange.status);
}

// The one that was made is gone with BatchDelete; another one is read below, and names its scanner.
const scan = structuredClone(openapi.paths['/api/DeviceAuthenticatedScanDefinitions'].post.requestBody.content['application/json'].example);
const defined = await (await send('POST', '/api/DeviceAuthenticatedScanDefinitions', {...scan, scannerAgent: {id: known.machine}})).json();
expect('a scan keeps its scanner', defined.scannerAgent?.machineId === known.machine && (await json('/api/DeviceAuthenticatedScanAgents')).value[0]?.machineId === known.machine, JSON.stringify(defined));

// ---- Answers: every GET as its schema says ---------------------------------------------------------------------------
// What was sent may have ended a recommendation: those that still are.
const keys = {machines: known.machine, recommendations: await one('/api/recommendations?$top=1'), Software: known.software, vulnerabilities: known.cve, alerts: known.alert, remediationTasks: task.id,
  exceptions: stands['/api/exceptions'], customDetections: stands['/api/customDetections'], savedQueries: stands['/api/savedQueries'], corrections: stands['/api/corrections'],
  deviceGroups: known.group};
const queries = {'/api/machines/findbytag': 'tag=finance', '/api/remediationTasks/{id}/actions': 'kind=shell', '/v1/rest/query': 'csl=print%201', '/v2/rest/query': 'csl=print%201',
  '/api/machines/SoftwareVulnerabilityChangesByMachine': `sinceTime=${since}`, '/api/machines/SoftwareVulnerabilityChangesByMachine/$count': `sinceTime=${since}`};
for (const {path, method, responses} of operations) {
  if (method !== 'get' || /oidc|live$|exports|findbyip|\(/.test(path)) continue;
  const parent = path.split('/{id}')[0].split('/').pop();
  let way = path;
  if (path.includes('{id}')) {
    const key = keys[parent] ?? await one(path.split('/{id}')[0] + '?$top=1').catch(() => undefined);
    if (key === undefined) continue;  // the demo fleet has none of these
    way = path.replace('{id}', encodeURIComponent(key));
    if (path.includes('{id2}')) way = way.replace('{id2}', encodeURIComponent(await one(`/api/machines/${key}/vulnerabilities?$top=1`)));
  }
  const answer = await ask(way + (queries[path] ? '?' + queries[path] : ''), {headers: {Prefer: 'odata.maxpagesize=50'}});
  const content = responses['200']?.content, type = answer.headers.get('content-type')?.split(';')[0];
  const text = await answer.text();
  expect(`GET ${path} answers`, answer.status === 200, `${answer.status} ${text}`);
  if (answer.status !== 200) continue;
  expect(`GET ${path} is ${type}`, content && type in content, Object.keys(content ?? {}));
  if (type !== 'application/json' || !content?.[type]?.schema) continue;
  const fits = ajv.validate({$ref: pointer('paths', path, 'get', 'responses', '200', 'content', type, 'schema')}, JSON.parse(text));
  expect(`GET ${path} is as described`, fits, JSON.stringify(ajv.errors?.slice(0, 3)));
  // What is answered is described.
  const schema = content[type].schema.$ref ? openapi.components.schemas[content[type].schema.$ref.split('/').pop()] : content[type].schema;
  const unknown = Object.keys(JSON.parse(text)).filter((name) => !name.startsWith('@') && !(name in (schema.properties ?? {})));
  expect(`GET ${path} answers nothing that is not described`, path === '/api/openapi.json' || unknown.length === 0, unknown);
}

// ---- The stream of changes ------------------------------------------------------------------------------------------------
const stream = await ask('/api/merlon/live', {headers: {'Accept-Encoding': 'gzip'}});
expect('a stream of events', stream.status === 200 && stream.headers.get('content-type') === 'text/event-stream' && !stream.headers.get('content-encoding') && !stream.headers.get('etag'));
const reader = stream.body.pipeThrough(new TextDecoderStream()).getReader();
let coming;  // a read that was not waited for to its end goes on
async function heard(pattern, seconds = 8) {
  const end = Date.now() + seconds * 1000;
  let text = '';
  while (!pattern.test(text) && Date.now() < end) {
    coming ??= reader.read();
    const piece = await Promise.race([coming, new Promise((resolve) => setTimeout(resolve, 500, {}))]);
    if ('done' in piece) coming = undefined;
    if (piece.done) break;
    text += piece.value ?? '';
  }
  return text;
}
const hello = await heard(/event: hello[^]*\n\n/);
expect('it greets', /event: hello\ndata: \{"changedAt":/.test(hello), hello);
await send('POST', '/api/savedQueries', {name: `live ${Date.now()}`, query: 'DeviceInfo'});
const change = await heard(/event: changed[^]*\n\n/);
expect('it tells what kind changed', /"changed":\[[^\]]*"savedQueries"/.test(change), change);

// ---- Access, in the end ------------------------------------------------------------------------------------------------
const example = (path, method = 'post') => structuredClone(Object.values(openapi.paths[path][method].requestBody.content)[0].example);
const application = await (await send('POST', '/api/merlon/applications', example('/api/merlon/applications'))).json();
expect('an application is made by the example', application.secret?.length > 20, JSON.stringify(application));
for (const path of ['/{id}/oauth2/v2.0/token', '/{id}/oauth2/token']) {
  const form = {...example(path), client_id: application.id, client_secret: application.secret};
  const answer = await (await ask(path.replace('{id}', 'tenant'), {method: 'POST', body: new URLSearchParams(form)})).json();
  const fits = ajv.validate({$ref: pointer('paths', path, 'post', 'responses', '200', 'content', 'application/json', 'schema')}, answer);
  expect(`${path} as described`, fits, JSON.stringify(ajv.errors));
}

const ended = await heard(/event: end/);
expect('the stream ends with the open access', ended.includes('event: end'), ended);

console.log(`${passed} ${failed}`);
process.exit(0);
