// What public scripts, reports and connectors for Defender's API ask: the addresses as they write them, the ways to a token, the loops
// over pages. Only the host is another one. usage: node scripts.mjs http://127.0.0.1:PORT CLIENT_ID CLIENT_SECRET (an application
// with every permission that is read or written here); prints FAILED lines and closes with "passed failed".
import http from 'node:http';
import {gunzipSync} from 'node:zlib';

const [base, id, secret] = process.argv.slice(2);
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 400)}`); }
}
// As the address is written: only blanks are escaped, as every client does.
const call = (method, address, headers = {}, body = undefined) => new Promise((done, gone) => {
  const path = (address.startsWith('http') ? address.slice(address.indexOf('/', 8)) : address).replaceAll(' ', '%20');
  const request = http.request(base, {method, path, headers: {...(body === undefined ? {} : {'Content-Length': Buffer.byteLength(body)}), ...headers}}, (response) => {
    const pieces = [];
    response.on('data', (piece) => pieces.push(piece));
    response.on('end', () => {
      const bytes = Buffer.concat(pieces), text = bytes.toString();
      let body;
      try { body = JSON.parse(text); } catch { body = undefined; }
      done({status: response.statusCode, headers: response.headers, bytes, text, body});
    });
  });
  request.on('error', gone);
  request.end(body);
});
const form = {'Content-Type': 'application/x-www-form-urlencoded'};
const fields = (all) => new URLSearchParams(all).toString();

// ---- Ways to a token -----------------------------------------------------------------------------------------
const client = {client_id: id, client_secret: secret, grant_type: 'client_credentials'};
const tenant = '/11111111-2222-3333-4444-555555555555';
let token;
for (const [who, path, body, headers] of [
  ['the documentation, PowerShell', `${tenant}/oauth2/token`, {resource: 'https://api.securitycenter.microsoft.com', ...client}],
  ['an address of its own beside it', `${tenant}/oauth2/token`, {resource: 'https://api.securitycenter.windows.com', ...client, redirectUri: 'https://localhost:8000'}],
  ['a connector of Logic Apps', `${tenant}/oauth2/token?api-version=1.0`, {resource: 'https://api.securitycenter.windows.com/', ...client}],
  ['curl', `${tenant}/oauth2/v2.0/token`, {...client, scope: 'https://securitycenter.onmicrosoft.com/windowsatpservice/.default'}],
  ['a named tenant, a named character set', '/contoso.onmicrosoft.com/oauth2/v2.0/token', {...client, scope: 'https://api.securitycenter.microsoft.com/.default'}, {'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', Accept: 'application/json'}],
  ['the later host', `${tenant}/oauth2/v2.0/token`, {...client, scope: 'https://api.security.microsoft.com/.default'}],
]) {
  const answer = await call('POST', path, {...form, ...headers}, fields(body));
  const older = 'resource' in body;
  expect(`a token: ${who}`, answer.status === 200 && answer.body.token_type === 'Bearer' && answer.body.access_token.split('.').length === 3 && Number(answer.body.expires_in) > 3000 &&
    typeof answer.body.expires_in === (older ? 'string' : 'number'), answer.text);
  token = answer.body?.access_token ?? token;
}
const basic = await call('POST', `${tenant}/oauth2/v2.0/token`, {...form, Authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`}, fields({grant_type: 'client_credentials', scope: 'x/.default'}));
expect('a token: a library that sends its secret in the header', basic.status === 200 && basic.body.access_token, basic.text);
for (const header of ['Basic', 'Basic !!!', `Basic ${Buffer.from('nobody').toString('base64')}`, `Basic ${Buffer.from(`${id}:wrong`).toString('base64')}`]) {
  const refused = await call('POST', `${tenant}/oauth2/v2.0/token`, {...form, Authorization: header}, fields({grant_type: 'client_credentials', scope: 'x/.default'}));
  expect(`${header} gets none`, refused.status === (header.length > 40 ? 401 : 400), refused.text);
}
const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
expect('its roles can be read', claims.roles.includes('Machine.ReadWrite.All') && claims.tid && claims.exp > claims.iat, JSON.stringify(claims));
for (const [part, endpoint] of [['/v2.0', '/oauth2/v2.0/token'], ['', '/oauth2/token']]) {
  const found = await call('GET', `${tenant}${part}/.well-known/openid-configuration`);
  expect(`a library finds the token endpoint below ${part || '/'}`, found.status === 200 && found.body.token_endpoint === `${base}${tenant}${endpoint}` && found.body.issuer && found.body.authorization_endpoint, found.text);
  if (found.status !== 200) continue;
  expect('libraries want an address of keys', Array.isArray((await call('GET', found.body.jwks_uri)).body?.keys), found.body.jwks_uri);
  const again = await call('POST', found.body.token_endpoint, form, fields({...client, scope: 'x/.default'}));
  expect('and gets one there', again.status === 200, again.text);
  const browser = await call('GET', `${found.body.authorization_endpoint}?client_id=${id}&response_type=code`);
  expect('a browser is told that nobody signs in so', browser.status === 400 && browser.text.includes('client_credentials'), browser.text);
}
const wrong = await call('POST', `${tenant}/oauth2/v2.0/token`, form, fields({...client, client_secret: 'no', scope: 'x/.default'}));
expect('a wrong secret is what it is at Entra', wrong.status === 401 && wrong.body.error === 'invalid_client' && /^AADSTS7000215/.test(wrong.body.error_description), wrong.text);

const bearer = {Authorization: `Bearer ${token}`, Accept: 'application/json', 'Content-Type': 'application/json'};
const get = (address, headers = bearer) => call('GET', address, headers);
const post = (address, body, headers = bearer) => call('POST', address, headers, typeof body === 'string' ? body : JSON.stringify(body));
const listed = async (who, address, fits = () => true) => {
  const answer = await get(address);
  expect(`${who}: ${address}`, answer.status === 200 && Array.isArray(answer.body?.value) && answer.body.value.every(fits), `${answer.status} ${answer.text}`);
  return answer.body?.value ?? [];
};

// ---- Lists of devices ----------------------------------------------------------------------------------------
const machines = await listed('everything', '/api/machines');
const machine = machines.find((one) => one.osPlatform.startsWith('Windows')), day = new Date(Date.now() - 86400000).toISOString();
const group = machines.find((one) => one.rbacGroupId !== 0);
expect('the fleet has what scripts look for', machines.length > 10 && machine && group, machines.length);
for (const [who, address, fits] of [
  ['an inventory in Python', '/api/machines?$filter=(computerDnsName ne null) and (isExcluded eq false)', (m) => !m.isExcluded],
  ['a report', "/api/machines?$filter=healthStatus ne 'Inactive'&$top=100", (m) => m.healthStatus !== 'Inactive'],
  ['plus signs for blanks', "/api/machines?$filter=riskScore+eq+'High'", (m) => m.riskScore === 'High'],
  ['another letter case', `/api/machines?$filter=riskscore eq 'None' and healthstatus eq 'Active'`, (m) => m.riskScore === 'None'],
  ['servers', "/api/machines?$filter=startswith(osPlatform,'WindowsServer')", (m) => m.osPlatform.startsWith('WindowsServer')],
  ['one group', `/api/machines?$filter=rbacGroupId+eq+${group.rbacGroupId}`, (m) => m.rbacGroupId === group.rbacGroupId],
  ['a group whose id is written as text', `/api/machines?$filter=rbacGroupId eq '${group.rbacGroupId}'`, (m) => m.rbacGroupId === group.rbacGroupId],
  ['PowerShell by name, the dollar forgotten', `/api/machines?$Filter=startswith(computerDnsName,'${machine.computerDnsName.slice(0, 4)}')&Top=1`, (m) => m.computerDnsName.startsWith(machine.computerDnsName.slice(0, 4))],
  ['a search for a host', `/api/machines?$filter=computerDnsName eq '${machine.computerDnsName}'`, (m) => m.id === machine.id],
  ['a search in capitals', `/api/machines?$filter=computerDnsName eq '${machine.computerDnsName.toUpperCase()}'`, (m) => m.id === machine.id],
  ['everything escaped', `/api/machines?%24filter=${encodeURIComponent(`startswith(computerDnsName,'${machine.computerDnsName}')`)}`, (m) => m.id === machine.id],
  ['tags', "/api/machines?$filter=machineTags/any(tag: tag eq 'server')", (m) => m.machineTags.includes('server')],
  ['seen lately', `/api/machines?$filter=lastSeen gt ${day}`, (m) => m.lastSeen > day],
  ['seen lately, a short date', '/api/machines?$filter=lastSeen gt 2020-08-01Z', (m) => m.lastSeen],
  ['columns', '/api/machines?$select=id,computerDnsName,onboardingStatus,healthStatus,rbacGroupName,mergedIntoMachineId,isExcluded', (m) => Object.keys(m).length === 7],
  ['not onboarded', "/api/machines?$filter=onboardingStatus ne 'Onboarded'", () => false],
  ['by pages of its own', '/api/machines?$top=1000&$skip=0'],
  ['a question mark and nothing', '/api/machines?'],
  ['an ampersand too many', '/api/machines?$top=3&'],
  ['version 1', '/api/v1.0/machines?$top=2'],
  ['by address', `/api/machines/findbyip(ip='${machine.lastIpAddress}',timestamp=${machine.lastSeen})`, (m) => m.ipAddresses.some((one) => one.ipAddress === machine.lastIpAddress)],
  ['by address, seconds only', `/api/machines/findbyip(ip='${machine.lastIpAddress}',timestamp=${machine.lastSeen.slice(0, 19)}Z)`],
  ['by tag, a truth of PowerShell', '/api/machines/findbytag?tag=ser&useStartsWithFilter=True', (m) => m.machineTags.some((tag) => tag.startsWith('ser'))],
]) {
  const found = await listed(who, address, fits);
  if (/search|escaped|forgotten|by address|servers|plus signs|tag/.test(who) && !/plus/.test(who)) expect(`${who} finds something`, found.length > 0, address);
}
expect('the dollar may be forgotten', (await listed('one', '/api/machines?Top=1')).length === 1);
const open = await get(`/api/machines/${machine.id}/alerts/$count?$filter=status ne 'Resolved'`);
expect('open alerts as a number', open.status === 200 && /^\d+$/.test(open.text), open.text);

// ---- Vulnerabilities, software, recommendations ------------------------------------------------------------------
const found = await listed('a question mark and nothing', '/api/vulnerabilities/machinesVulnerabilities?');
for (const [who, address, fits] of [
  ['of one device', `/api/vulnerabilities/machinesVulnerabilities?$filter=machineId+eq+'${found[0].machineId}'`, (v) => v.machineId === found[0].machineId],
  ['by severity', "/api/Vulnerabilities/machinesVulnerabilities?$filter=severity eq 'Critical'", (v) => v.severity === 'Critical'],
  ['of one CVE', `/api/vulnerabilities/machinesVulnerabilities?$filter=cveId eq '${found[0].cveId.toLowerCase()}'`, (v) => v.cveId === found[0].cveId],
  ['in order', '/api/vulnerabilities/machinesVulnerabilities?$orderby=machineId'],
  ['what a fix exists for', "/api/vulnerabilities/machinesVulnerabilities?$filter=fixingKbId ne null and productVendor eq 'microsoft'", (v) => v.fixingKbId !== null],
  ['published lately', '/api/vulnerabilities?$filter=publishedOn gt 2021-01-01T00:00:00Z and cvssV3 ge 9&$top=50', (v) => v.cvssV3 >= 9],
  ['the most at once', "/api/vulnerabilities?$filter=severity eq 'High'&$top=8000", (v) => v.severity === 'High'],
  ['those with devices', '/api/vulnerabilities?$filter=exposedMachines gt 0 and publicExploit eq true&$orderby=cvssV3 desc', (v) => v.exposedMachines > 0 && v.publicExploit],
  ['of a name', "/api/vulnerabilities?$filter=contains(description,'overflow')", (v) => /overflow/i.test(v.description)],
  ['of a vendor', "/api/Software?$filter=vendor eq 'microsoft'&$top=100", (s) => s.vendor === 'microsoft'],
  ['with weaknesses', '/api/software?$filter=weaknesses gt 0&$orderby=impactScore desc', (s) => s.weaknesses > 0],
  ['updates', "/api/recommendations?$filter=remediationType eq 'Update' and status eq 'Active'", (r) => r.remediationType === 'Update'],
  ['settings', "/api/recommendations?$filter=recommendationCategory eq 'OS'&$top=20", (r) => r.id.startsWith('sca-_-') || r.recommendationCategory === 'OS'],
  ['tasks', '/api/remediationTasks?$filter=createdOn gt 2021-01-01T00:00:00Z'],
  ['alerts with evidence', `/api/alerts?$expand=evidence&$filter=lastUpdateTime gt 2021-01-01T00:00:00Z&$top=100`, (a) => Array.isArray(a.evidence)],
  ['alerts, severity in plus signs', "/api/Alerts?$filter=severity+eq+'High'", (a) => a.severity === 'High'],
  ['what Merlon never does', '/api/MachineActions'],
]) await listed(who, address, fits);
// Scripts that respond to incidents are told plainly that nothing was done.
for (const [action, body] of [['isolate', {Comment: 'incident 7', IsolationType: 'Full'}], ['runAntiVirusScan', {Comment: 'incident 7', ScanType: 'Quick'}], ['collectInvestigationPackage', {Comment: 'incident 7'}]]) {
  const refused = await post(`/api/machines/${machine.id}/${action}`, body);
  expect(`${action} is refused with its reason`, refused.status === 403 && refused.body.error.code === 'DisallowedOperation' && /takes no action on devices/.test(refused.body.error.message) && refused.body.error.target, refused.text);
}
for (const path of ['software', 'vulnerabilities', 'recommendations', 'logonusers', 'getmissingkbs', 'alerts'])
  await listed('below a device', `/api/machines/${machine.id}/${path}`);
for (const path of ['/api/exposureScore', '/api/configurationScore']) {
  const answer = await get(path);
  expect(`${path} is one number`, typeof answer.body.score === 'number' && /^\d{4}-.*Z$/.test(answer.body.time), answer.text);
}

// ---- Loops over pages ----------------------------------------------------------------------------------------
// nextLink until there is none; $skip by what came until nothing comes; a page counted by its rows.
async function by_links(address) {
  const rows = [];
  for (let next = address, pages = 0; next && pages < 500; ++pages) {
    const answer = await get(next);
    if (answer.status !== 200) { expect(`${address} goes on`, false, answer.text); break; }
    rows.push(...answer.body.value);
    next = answer.body['@odata.nextLink'];
    expect('links lead to this host', !next || next.startsWith(base + '/api/'), next);
  }
  return rows;
}
async function by_skip(address, size) {
  const rows = [];
  for (let skip = 0, pages = 0; pages < 500; ++pages) {
    const answer = await get(`${address}$skip=${skip}${size ? `&$top=${size}` : ''}`);
    if (answer.status !== 200 || answer.body.value.length === 0) { expect(`${address} ends`, answer.status === 200, answer.text); break; }
    rows.push(...answer.body.value);
    skip += size || answer.body.value.length;
  }
  return rows;
}
const unique = (rows) => new Set(rows.map((one) => one.id)).size;
const all = await by_skip('/api/vulnerabilities/machinesVulnerabilities?', 0);
const steps = await by_skip('/api/vulnerabilities/machinesVulnerabilities?', Math.ceil(all.length / 4));
expect('findings by $skip are each there once', all.length > 100 && unique(all) === all.length && unique(steps) === all.length && steps.length === all.length, `${all.length} ${steps.length} ${unique(steps)}`);
expect('devices by $top and $skip', (await by_skip('/api/machines?', 7)).length === machines.length);
const inventory = await by_links('/api/machines/SoftwareInventoryByMachine?pageSize=100');
expect('the inventory by links', inventory.length > 200 && inventory.length === (await by_links('/api/machines/SoftwareInventoryByMachine')).length, inventory.length);
const documented = await get('/api/machines/SoftwareInventoryByMachine?pageSize=5  &sinceTime=2021-05-19T18%3A35%3A49.924Z ');
expect('the documented example, blanks and all', documented.status === 200 && documented.body.value.length === 5 && documented.body['@odata.nextLink'], documented.text);
expect('some rows of an export have no link', !('@odata.nextLink' in (await get('/api/machines/SoftwareVulnerabilitiesByMachine?$top=9')).body));
expect('findings of the export by links', (await by_links('/api/machines/SoftwareVulnerabilitiesByMachine?pageSize=1000')).length >= all.length);
const changes = await get(`/api/machines/SoftwareVulnerabilityChangesByMachine?sinceTime=${encodeURIComponent(new Date(Date.now() - 6 * 86400000).toISOString())}&pageSize=50000`);
expect('changes of six days', changes.status === 200 && changes.body.value.every((one) => ['New', 'Fixed', 'Updated'].includes(one.status) && one.eventTimestamp), changes.text);

// ---- Files -----------------------------------------------------------------------------------------------------
for (const [path, key] of [['SoftwareVulnerabilitiesExport', 'CveId'], ['SoftwareInventoryExport?sasValidHours=6', 'SoftwareName'], ['InfoGatheringExport?$sasValidHours=1', 'DeviceId'], ['BrowserExtensionsInventoryExport', 'ExtensionId'],
  ['SecureConfigurationsAssessmentExport?sasValidHours=24', 'ConfigurationId']]) {
  const named = await get(`/api/machines/${path}`);
  expect(`${path} names files`, named.status === 200 && named.body.exportFiles.length > 0, named.text);
  const file = await call('GET', named.body.exportFiles[0]);  // as a blob: without the token
  const first = gunzipSync(file.bytes).toString().split('\n').filter(Boolean)[0];
  expect(`${path} has lines of JSON`, file.status === 200 && key in JSON.parse(first ?? '{}'), first);
}
for (const [path, status, code] of [['SoftwareInventoryExport?sasValidHours=25', 400, 'InvalidInput'], ['SoftwareInventoryExport?sasValidHours=x', 400, 'InvalidInput'], ["SoftwareInventoryExport?$filter=deviceId eq 'x'", 400, 'ODataError'],
  ['SoftwareInventoryByMachine?pageSize=200001', 400, 'InvalidInput'], ['SoftwareInventoryByMachine?pageSize=0', 400, 'InvalidInput'], ['SoftwareVulnerabilityChangesByMachine?sinceTime=nonsense', 400, 'InvalidInput'],
  ['SoftwareVulnerabilityChangesByMachine?sinceTime=', 400, 'InvalidInput'], ['SoftwareInventoryByMachine?sinceTime=yesterday', 400, 'InvalidInput']]) {
  const answer = await get(`/api/machines/${path}`);
  expect(`${path}: ${status} ${code}`, answer.status === status && answer.body.error.code === code && answer.body.error.target === answer.headers['x-request-id'], answer.text);
}

// ---- Writes, hunting, reports --------------------------------------------------------------------------------------
const tagged = await post('/api/machines/AddOrRemoveTagForMultipleMachines', {Value: 'by-script', Action: 'Add', MachineIds: [machine.id, machines.find((one) => one.id !== machine.id).id]});
expect('tags of many', tagged.status === 200 && tagged.body.value.length === 2 && tagged.body.value.every((m) => m.machineTags.includes('by-script')) && (await listed('the tag', '/api/machines/findbytag?tag=by-script')).length === 2, tagged.text);
const one = await post(`/api/machines/${machine.id}/tags`, '{\r\n    "Value":  "by-script",\r\n    "Action":  "Remove"\r\n}', {...bearer, 'Content-Type': 'application/json; charset=utf-8'});
expect('a tag of one, as PowerShell writes JSON', one.status === 200 && !one.body.machineTags.includes('by-script') && one.body.id === machine.id, one.text);
const valued = await post(`/api/machines/${machine.id}/setDeviceValue`, {DeviceValue: 'High'});
expect('the value of a device', valued.status === 200 && valued.body.deviceValue === 'High', valued.text);
for (const path of ['/api/advancedqueries/run', '/api/AdvancedQueries/run', '/api/advancedhunting/run']) {
  const hunt = await post(path, {Query: 'DeviceTvmSoftwareVulnerabilities | summarize dcount(CveId) by DeviceName | top 5 by dcount_CveId'});
  expect(`${path} as scripts read it`, hunt.status === 200 && hunt.body.Results.length === 5 && hunt.body.Schema.map((c) => c.Name).join() === 'DeviceName,dcount_CveId' && hunt.body.Schema[1].Type === 'Int64', hunt.text);
}
const bad = await post('/api/advancedqueries/run', {Query: 'DeviceInfo | wherre 1'});
expect('a query that is none', bad.status === 400 && bad.body.error.code === 'BadRequest' && bad.body.error.message && bad.body.error.target, bad.text);
// Power BI's OData.Feed: the service document, the model, the set, with the headers of its own.
const feed = {...bearer, Accept: 'application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7', 'OData-MaxVersion': '4.0', 'OData-Version': '4.0', Prefer: 'return=minimal,odata.include-annotations=*', MaxDataServiceVersion: '3.0'};
delete feed['Content-Type'];
const service = await get('/api/', feed), model = await get('/api/$metadata', {...feed, Accept: 'application/xml'});
expect('a feed finds the sets', service.status === 200 && ['Machines', 'Alerts', 'MachineActions', 'Vulnerabilities', 'Software', 'Recommendations'].every((set) => service.body.value.some((one) => one.name.toLowerCase() === set.toLowerCase() && one.kind === 'EntitySet')), service.text);
expect('and the model', model.status === 200 && model.text.includes('EntityContainer'), model.text);
for (const set of ['Machines', 'Alerts', 'MachineActions', 'Vulnerabilities', 'Software', 'Recommendations']) {
  const answer = await get(`/api/${set}`, feed);
  expect(`a feed reads ${set}`, answer.status === 200 && answer.body['@odata.context'].startsWith(`${base}/api/$metadata#`) && answer.headers['odata-version'] === '4.0', answer.text);
}
expect('a feed counts', /^\d+$/.test((await get('/api/Machines/$count', {...feed, Accept: 'text/plain'})).text));

// ---- What is refused, as scripts take it apart -----------------------------------------------------------------------
const none = await call('GET', '/api/machines');
expect('no token', none.status === 401 && none.headers['www-authenticate']?.startsWith('Bearer') && none.body.error.code === 'Unauthorized', none.text);
const spoilt = await get('/api/machines', {Authorization: 'Bearer eyJ0eXAiOiJKV1QifQ.e30.x'});
expect('a spoilt token', spoilt.status === 401 && spoilt.body.error.code === 'Unauthorized', spoilt.text);
for (const [method, address, body, status, code] of [
  ['GET', `/api/machines/${'0'.repeat(40)}`, undefined, 404, 'ResourceNotFound'], ['GET', `/api/machines/${'0'.repeat(40)}/vulnerabilities`, undefined, 404, 'ResourceNotFound'],
  ['GET', '/api/vulnerabilities/CVE-1900-0001', undefined, 404, 'ResourceNotFound'], ['GET', '/api/Software/no-_-body', undefined, 404, 'ResourceNotFound'], ['GET', '/api/recommendations/va-_-no-_-body', undefined, 404, 'ResourceNotFound'],
  ['GET', "/api/machines?$filter=nope eq 'x'", undefined, 400, 'ODataError'], ['GET', "/api/machines?$apply=groupby((osPlatform))", undefined, 400, 'ODataError'], ['GET', '/api/machines?$compute=osBuild add 1 as b', undefined, 400, 'ODataError'],
  ['GET', '/api/machines/x/y/z', undefined, 404, 'NotFound'], ['POST', `/api/machines/${machine.id}/isolate`, {Comment: 'c', IsolationType: 'Full'}, 403, 'DisallowedOperation'],
  ['POST', '/api/advancedqueries/run', {}, 400, 'InvalidRequestBody'], ['PATCH', `/api/machines/${machine.id}`, {deviceValue: 'Huge'}, 400, 'InvalidInput'],
]) {
  const answer = await call(method, address, bearer, body && JSON.stringify(body));
  expect(`${method} ${address}: ${status} ${code}`, answer.status === status && answer.body?.error?.code === code && answer.body.error.message, `${answer.status} ${answer.text}`);
}
console.log(`${passed} ${failed}`);
