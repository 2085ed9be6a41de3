// What scripts written for Defender's API rely on beside the shapes of entities: counts, writes, codes of errors.
// usage: node defender.mjs http://127.0.0.1:PORT; prints FAILED lines and closes with "passed failed".
const base = process.argv[2];
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 300)}`); }
}
const ask = async (method, path, body) => {
  const answer = await fetch(base + path.replaceAll(' ', '%20'), {method, ...(body === undefined ? {} : {headers: {'Content-Type': 'application/json'}, body: typeof body === 'string' ? body : JSON.stringify(body)})});
  const text = await answer.text();
  return {status: answer.status, type: answer.headers.get('content-type'), version: answer.headers.get('odata-version'), body: text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text};
};
const get = (path) => ask('GET', path);

// ---- What lists say beside their entities (entities.mjs holds those against defender.txt) --------------------------------------------
const machines = (await get('/api/machines')).body.value, id = machines[0].id;
const raised = await ask('POST', '/api/alerts/CreateAlertByReference', {machineId: id, severity: 'Low', title: 'raised by script', description: 'd', recommendedAction: 'a', eventTime: machines[0].lastSeen, reportId: '1', category: 'Exploit'});
expect('an alert is raised', raised.status === 200 && raised.body.id, JSON.stringify(raised.body));
const extension = (await get('/api/machines/BrowserExtensionsInventoryByMachine')).body.value.find((one) => one.Permissions.length > 0);
expect('permissions of an extension say what they are', extension?.Permissions.every((one) => Object.keys(one).join() === 'Id,IsRequired,Risk' && ['None', 'Low', 'Medium', 'High', 'Critical'].includes(one.Risk)), JSON.stringify(extension));
// Software without a CVE has one row, whose cveId is null, and no other one.
const rows = (await get('/api/machines/SoftwareVulnerabilitiesByMachine?$select=id,deviceId,softwareVendor,softwareName,softwareVersion,cveId,cvssScore,recommendationReference,exploitabilityLevel')).body.value;
const kept = (row) => [row.deviceId, row.softwareVendor, row.softwareName, row.softwareVersion].join('|');
const without = rows.filter((row) => row.cveId === null), affected = new Set(rows.filter((row) => row.cveId !== null).map(kept));
expect('software without a CVE is exported', without.length > 0 && new Set(without.map(kept)).size === without.length && without.every((row) => !affected.has(kept(row)) && row.cvssScore === null && row.recommendationReference === '' && row.exploitabilityLevel === 'NoExploit'), JSON.stringify(without[0]));
const assessed = (await get("/api/machines/SoftwareInventoryByMachine?$filter=numberOfWeaknesses eq 0&$count=true&$top=1")).body['@odata.count'];
expect('as the inventory counts it', without.length === assessed, `${without.length} ${assessed}`);
expect('rows of the export have ids of their own', new Set(rows.map((row) => row.id)).size === rows.length);
const whole = new Map((await get('/api/recommendations')).body.value.map((one) => [one.id, one]));
const here = (await get(`/api/machines/${id}/recommendations`)).body.value;
expect('recommendations of a device count it alone', here.length > 0 && here.every((one) => one.exposedMachinesCount === 1 && one.totalMachineCount === 0 && one.exposureImpact === 0 && [0, 1].includes(one.exposedCriticalDevices)), JSON.stringify(here[0]));
expect('and say how the fleet stands', here.every((one) => one.fleetExposedMachinesCount === whole.get(one.id).exposedMachinesCount && one.fleetTotalMachineCount === whole.get(one.id).totalMachineCount && one.fleetExposureImpact === whole.get(one.id).exposureImpact), JSON.stringify(here[0]));
const known = (await get('/api/vulnerabilities')).body.value;
expect('kinds of exploit are told', known.some((one) => one.exploitTypes.includes('Remote')));

// ---- Writes and what is refused ------------------------------------------------------------------------------
const refused = async (method, path, body, status, code) => {
  const answer = await ask(method, path, body);
  expect(`${method} ${path} ${JSON.stringify(body) ?? ''}: ${status} ${code}`, answer.status === status && answer.body.error?.code === code && /^[0-9a-f-]{36}$/.test(answer.body.error.target), JSON.stringify(answer.body));
};
await refused('GET', '/api/machines/nowhere', undefined, 404, 'ResourceNotFound');
const advised = (await get("/api/recommendations?$filter=remediationType eq 'ConfigurationChange'&$top=1")).body.value[0].id;
await refused('GET', `/api/recommendations/${advised}/software`, undefined, 404, 'ResourceNotFound');
await refused('GET', '/api/nothing', undefined, 404, 'NotFound');
await refused('POST', `/api/machines/${id}/tags`, 'no JSON', 400, 'InvalidRequestBody');
await refused('POST', `/api/machines/${id}/setDeviceValue`, {DeviceValue: 'Huge'}, 400, 'InvalidInput');
await refused('GET', '/api/machines/findbytag', undefined, 400, 'MissingRequiredParameter');
await refused('GET', `/api/machines/findbyip(ip='x',timestamp=${machines[0].lastSeen})`, undefined, 400, 'InvalidIpAddress');
await refused('GET', "/api/machines/findbyip(ip='10.0.0.1',timestamp=2020-01-01T00:00:00Z)", undefined, 400, 'InvalidInput');
await refused('POST', '/api/machines/AddOrRemoveTagForMultipleMachines', {Value: 't', Action: 'Add', MachineIds: Array(501).fill(id)}, 400, 'MaximumBatchSizeExceeded');
await refused('POST', '/api/alerts/CreateAlertByReference', {machineId: id, severity: 'Nope', title: 't', description: 'd', recommendedAction: 'a', eventTime: machines[0].lastSeen, reportId: '1', category: 'Exploit'}, 400, 'InvalidInput');
await refused('GET', '/api/machines/SoftwareVulnerabilityChangesByMachine', undefined, 400, 'MissingRequiredParameter');
await refused('GET', '/api/machines/SoftwareVulnerabilityChangesByMachine?sinceTime=2020-01-01T00:00:00Z', undefined, 400, 'InvalidInput');
await refused('POST', '/api/advancedqueries/run', {Query: 'DeviceInfoo'}, 400, 'BadRequest');
const tagged = await ask('POST', `/api/machines/${id}/tags`, {Value: 'by script', Action: 'Add'});
expect('a tag is added', tagged.status === 200 && tagged.body.machineTags.includes('by script') && tagged.version === '4.0', JSON.stringify(tagged));
expect('and found', (await get('/api/machines/findbytag?tag=by&useStartsWithFilter=true')).body.value.some((one) => one.id === id));
expect('and taken away', !(await ask('POST', `/api/machines/${id}/tags`, {Value: 'by script', Action: 'Remove'})).body.machineTags.includes('by script'));
const top = (await get('/api/machines?$top=5')).body;
expect('$top gives no nextLink', top.value.length === 5 && !('@odata.nextLink' in top));
console.log(`${passed} ${failed}`);
