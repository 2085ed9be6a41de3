// Numbers that people see in two places are the same in both: heads of lists, figures of the dashboard, panels, product pages, exports and
// hunting. Devices that are excluded or silent for 30 days are in hunting and exports and do not count elsewhere (docs/hunting.md): the
// fleet gets one of each, and the queries leave them out by name.
// usage: node counts.mjs http://127.0.0.1:PORT (demo fleet, open access); prints FAILED lines and closes with "passed failed".
const base = process.argv[2];
let passed = 0, failed = 0;
function same(what, a, b) {
  const [one, other] = [JSON.stringify(a), JSON.stringify(b)];
  if (one === other && one !== undefined) ++passed;
  else { ++failed; console.log(`FAILED: ${what}: ${one?.slice(0, 200)} and ${other?.slice(0, 200)}`); }
}
// A difference of two maps of counts by name; names with a count of 0 are as those that are not there.
function sameEach(what, a, b) {
  const differ = [...new Set([...a.keys(), ...b.keys()])].filter((name) => (a.get(name) ?? 0) !== (b.get(name) ?? 0));
  if (a.size && b.size && !differ.length) ++passed;
  else { ++failed; console.log(`FAILED: ${what}: ${differ.length} of ${a.size} and ${b.size} differ: ${differ.slice(0, 4).map((name) => `${name} ${a.get(name)} and ${b.get(name)}`)}`); }
}
const address = (path) => base + '/api/' + path.replaceAll(' ', '%20').replaceAll('+', '%2B');
async function get(path) {
  const answer = await fetch(address(path));
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
async function all(path) {
  const rows = [];
  for (let page = await get(path); ; page = await (await fetch(page['@odata.nextLink'])).json()) {
    rows.push(...page.value);
    if (!page['@odata.nextLink']) return rows;
  }
}
const count = async (path) => Number(await (await fetch(address(path.replace(/\?|$/, (mark) => '/$count' + mark)))).text());
const send = async (method, path, body, type = 'application/json') => {
  const answer = await fetch(address(path), {method, headers: {'Content-Type': type}, body: typeof body === 'string' ? body : JSON.stringify(body)});
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : {};
};
const hunt = async (query) => (await send('POST', 'advancedhunting/run', {Query: query})).Results;
const huntOne = async (query) => Object.values((await hunt(query))[0])[0];
const by = (rows, name, value) => new Map(rows.map((row) => [name(row), value(row)]));
const tally = (rows, name, value = () => 1) => rows.reduce((sums, row) => sums.set(name(row), (sums.get(name(row)) ?? 0) + value(row)), new Map());
const huntBy = async (query) => by(await hunt(query), (row) => row.Name, (row) => row.N);
const asMap = async (path, name, value) => by(await all(path), name, value);

// ---- Two devices that do not count, both with what others have, and exceptions ---------------------------------------------------------------------
const long_ago = new Date(Date.now() - 60 * 86_400_000).toISOString();
const report = (name, collected_at) => ({merlon_report: 1, name, collected_at, os: {distribution: 'windows', version: '10.0.22631.3155', release: '23H2', platform: 'Windows11'},
  software: [{source: 'programs', name: 'Google Chrome', vendor: 'Google LLC', version: '120.0.6099.109'}, {source: 'programs', name: 'Mozilla Firefox (x64 en-US)', vendor: 'Mozilla', version: '115.0'}]});
await send('POST', 'merlon/reports', [report('silent.demo.example', long_ago), report('excluded.demo.example')].map((one) => JSON.stringify(one)).join('\n'), 'application/x-ndjson');
await send('POST', 'machines/excluded.demo.example/exclude', {justification: 'DuplicateDevice', note: 'counts.mjs'});
// An exception that takes some devices out of a product, and one that takes all out of a CVE.
const [worst] = (await get("recommendations?$filter=remediationType eq 'Update' and exposedMachinesCount gt 2&$orderby=exposedMachinesCount desc&$top=1")).value;
const [group] = (await all(`recommendations/${encodeURIComponent(worst.id)}/machineReferences`)).map(({rbacGroupName}) => rbacGroupName).filter((name) => name !== 'Unassigned');
const [hole] = (await get('vulnerabilities?$filter=exposedMachines gt 2&$top=1&$select=id')).value;
const exception = {justification: 'ThirdPartyControl', endsOn: new Date(Date.now() + 9e8).toISOString(), notes: 'counts.mjs'};
await send('POST', 'exceptions', {...exception, subjectId: worst.id, deviceGroups: [group]});
await send('POST', 'exceptions', {...exception, subjectId: hole.id});
const settled = async (seconds) => { // publication follows what is reported
  for (let i = 0; i < seconds * 4; ++i) {
    if (await count("machines?$filter=counted eq false") >= 2 && await count("machines?$filter=computerDnsName eq 'silent.demo.example' and counted eq false") === 1) return true;
    await new Promise((next) => setTimeout(next, 250));
  }
  return false;
};
same('what is silent or excluded is known not to count', await settled(60), true);
const aside = (await all('machines?$filter=counted eq false&$select=id')).map(({id}) => id);
const counts = `where DeviceId !in (${aside.map((id) => `"${id}"`)})`;

// ---- Devices ------------------------------------------------------------------------------------------------------------------------
const machines = await all('machines?$select=id,computerDnsName,exposureLevel,counted,osPlatform,rbacGroupName,discoveredVulnerabilities,discoveredVulnerabilitiesAfterExceptions,securityRecommendations,machineTags');
same('devices: list and hunting', machines.length, await huntOne('DeviceInfo | summarize dcount(DeviceId)'));
const levels = await asMap('machines/exposureLevels', (r) => r.id, (r) => r.machines);
sameEach('exposure levels: dashboard and list', levels, tally(machines, (r) => (r.counted ? r.exposureLevel : 'NotCounted')));
sameEach('exposure levels: dashboard and hunting', new Map([...levels].filter(([name]) => name !== 'NotCounted')), await huntBy(`DeviceInfo | ${counts} | summarize N = count() by Name = ExposureLevel`));
const score = (await all("merlon/scores?$filter=newest eq true")).find((one) => one.wholeFleet);
same('devices: score and dashboard', score.devices, machines.length - aside.length);
sameEach('devices of groups: groups and list', await asMap('deviceGroups', (r) => r.name, (r) => r.machines), tally(machines, (r) => r.rbacGroupName || 'Unassigned'));
sameEach('devices of tags', await asMap('deviceTags', (r) => r.tag ?? r.name ?? r.id, (r) => r.machines), tally(machines.flatMap((r) => r.machineTags), (tag) => tag));
const alike = await all('vulnerableDevices?$filter=isLatest eq true');
same('devices: report and list (it has those that do not count, as hunting has)', alike.reduce((sum, one) => sum + one.machines, 0), machines.length);
sameEach('devices by worst severity: report and hunting', tally(alike.filter((one) => one.severity !== 'None'), (r) => r.severity, (r) => r.machines),
  await huntBy('DeviceTvmSoftwareVulnerabilities | extend Rank = case(VulnerabilitySeverityLevel == "Critical", 4, VulnerabilitySeverityLevel == "High", 3, VulnerabilitySeverityLevel == "Medium", 2, 1) | summarize Rank = max(Rank) by DeviceId | summarize N = count() by Name = case(Rank == 4, "Critical", Rank == 3, "High", Rank == 2, "Medium", "Low")'));

// ---- Of each device: its list, its lists, hunting and exports ----------------------------------------------------------------------------
sameEach('CVEs of devices: list and hunting', by(machines, (r) => r.id, (r) => r.discoveredVulnerabilities), await huntBy('DeviceTvmSoftwareVulnerabilities | summarize N = dcount(CveId) by Name = DeviceId'));
sameEach('recommendations of devices: list and hunting', by(machines, (r) => r.id, (r) => r.securityRecommendations), await huntBy('MerlonRecommendationDevices | summarize N = count() by Name = DeviceId'));
const softwareOf = await huntBy('DeviceTvmSoftwareInventory | summarize N = dcount(strcat(SoftwareVendor, "\\n", SoftwareName)) by Name = DeviceId');
for (const {id, discoveredVulnerabilities, discoveredVulnerabilitiesAfterExceptions, securityRecommendations, computerDnsName} of [...machines.slice(0, 12), ...machines.filter(({counted}) => !counted)]) {
  same(`CVEs of ${computerDnsName} after exceptions: head and list`, discoveredVulnerabilitiesAfterExceptions, await count(`machines/${id}/vulnerabilities`));
  same(`recommendations of ${computerDnsName}: head and list`, securityRecommendations, await count(`machines/${id}/recommendations`));
  same(`software of ${computerDnsName}: list and hunting`, await count(`machines/${id}/software`), softwareOf.get(id) ?? 0);
  same(`findings of ${computerDnsName}: list and hunting`, new Set((await all(`machines/${id}/findings?$select=cveId`)).map(({cveId}) => cveId)).size, discoveredVulnerabilities);
}
// What a device is to be brought to, on its own page and in the list of a recommendation's devices, of which files are made.
const own = 'installedVersions,machineRecommendedVersion,machineRecommendedVersionReason';
const said = (r) => JSON.stringify([r.installedVersions, r.machineRecommendedVersion, r.machineRecommendedVersionReason]);
const ways = new Map();
for (const {id} of machines.filter(({counted}) => counted))
  for (const r of await all(`machines/${id}/recommendations?$select=id,${own}&$filter=startswith(id,'va-')`)) ways.set(`${r.id} of ${id}`, said(r));
let compared = 0;
for (const {id} of await all("recommendations?$filter=startswith(id,'va-')&$select=id"))
  for (const r of await all(`recommendations/${encodeURIComponent(id)}/machineReferences?$select=id,${own}&$filter=id in (${machines.filter(({counted}) => counted).map((one) => `'${one.id}'`)})`)) {
    same(`way of ${r.id} through ${id}: device and recommendation`, ways.get(`${id} of ${r.id}`), said(r));
    ++compared;
  }
same('ways: all of them are compared', compared, ways.size);
same('ways: devices of one recommendation have several', new Set([...ways].map(([key, value]) => key.split(' of ')[0] + value)).size > new Set([...ways.keys()].map((key) => key.split(' of ')[0])).size, true);
for (const [export_, query] of [
  ['SoftwareVulnerabilitiesByMachine?$filter=cveId ne null', 'DeviceTvmSoftwareVulnerabilities'], ['SoftwareInventoryByMachine', 'DeviceTvmSoftwareInventory | distinct DeviceId, SoftwareVendor, SoftwareName, SoftwareVersion'],
  ['SecureConfigurationsAssessmentByMachine', 'DeviceTvmSecureConfigurationAssessment'], ['BrowserExtensionsInventoryByMachine', 'DeviceTvmBrowserExtensions'],
  ['certificateAssessmentByMachine', 'DeviceTvmCertificateInfo'], ['HardwareFirmwareInventoryByMachine', 'DeviceTvmHardwareFirmware'],
])
  same(`rows of the export ${export_} and of ${query}`, (await all(`machines/${export_}`)).length, await huntOne(`${query} | count`));

// ---- Products ---------------------------------------------------------------------------------------------------------------------------
const products = await all('Software');
const product = (r) => `${r.SoftwareVendor}-_-${r.SoftwareName}`;
const huntProducts = async (query) => by(await hunt(query), product, (row) => row.N);
const inventory = `DeviceTvmSoftwareInventory | ${counts}`, holes = `DeviceTvmSoftwareVulnerabilities | ${counts}`;
sameEach('devices of products: list and hunting', by(products, (r) => r.id, (r) => r.installedMachines), await huntProducts(`${inventory} | summarize N = dcount(DeviceId) by SoftwareVendor, SoftwareName`));
sameEach('exposed devices of products: list and hunting', by(products, (r) => r.id, (r) => r.exposedMachines), await huntProducts(`${holes} | summarize N = dcount(DeviceId) by SoftwareVendor, SoftwareName`));
sameEach('CVEs of products: list and hunting', by(products, (r) => r.id, (r) => r.weaknesses), await huntProducts(`${holes} | summarize N = dcount(CveId) by SoftwareVendor, SoftwareName`));
sameEach('devices of products: list and the table of our own', by(products, (r) => r.id, (r) => r.installedMachines), await huntProducts('MerlonSoftware | project SoftwareVendor, SoftwareName, N = InstalledDevices'));
const versions = by(await hunt(`${inventory} | summarize N = dcount(DeviceId) by SoftwareVendor, SoftwareName, SoftwareVersion`), (r) => `${product(r)} ${r.SoftwareVersion}`, (r) => r.N);
const open = by(await hunt(`${holes} | summarize N = dcount(CveId) by SoftwareVendor, SoftwareName, SoftwareVersion`), (r) => `${product(r)} ${r.SoftwareVersion}`, (r) => r.N);
const shown = products.toSorted((a, b) => b.weaknesses - a.weaknesses || b.installedMachines - a.installedMachines).slice(0, 40);
for (const {id, installedMachines, exposedMachines, weaknesses} of shown) {
  const of = `Software/${encodeURIComponent(id)}`;
  same(`devices of ${id}: head and list`, installedMachines, await count(`${of}/machineReferences`));
  same(`CVEs of ${id}: head and list`, weaknesses, await count(`${of}/vulnerabilities`));
  const installations = await all(`${of}/installations`);
  same(`devices of ${id}: head and installations`, installedMachines, new Set(installations.map(({deviceId}) => deviceId)).size);
  same(`exposed devices of ${id}: head and installations`, exposedMachines, new Set(installations.filter(({exposed}) => exposed).map(({deviceId}) => deviceId)).size);
  const distribution = await all(`${of}/distributions`);
  sameEach(`versions of ${id}: distribution and installations`, by(distribution, (r) => r.version, (r) => r.installations), tally(installations, (r) => r.version));
  for (const {version, installations: devices, vulnerabilities} of distribution) {
    same(`devices of ${id} ${version}: distribution and hunting`, devices, versions.get(`${id} ${version}`) ?? 0);
    if (devices) same(`CVEs of ${id} ${version}: distribution and hunting`, vulnerabilities, open.get(`${id} ${version}`) ?? 0);
  }
}

// ---- End of support -----------------------------------------------------------------------------------------------------------------------
const stages = (await all('endOfSupport')).filter(({status}) => /EOS/.test(status));
sameEach('installations out of support: figures and hunting', by(stages, (r) => r.status, (r) => r.installations), await huntBy(`${inventory} | where isnotempty(EndOfSupportStatus) | distinct DeviceId, SoftwareVendor, SoftwareName, SoftwareVersion, EndOfSupportStatus | summarize N = count() by Name = EndOfSupportStatus`));

// ---- CVEs ---------------------------------------------------------------------------------------------------------------------------------
const cves = await all('vulnerabilities?$filter=exposedMachinesBeforeExceptions gt 0&$select=id,exposedMachines,exposedMachinesBeforeExceptions,severity');
sameEach('devices of CVEs: list and hunting', by(cves, (r) => r.id, (r) => r.exposedMachinesBeforeExceptions), await huntBy(`${holes} | summarize N = dcount(DeviceId) by Name = CveId`));
sameEach('devices of CVEs: list and the table of our own', by(cves, (r) => r.id, (r) => r.exposedMachines), await huntBy('MerlonVulnerabilities | project Name = CveId, N = ExposedDevices | where N > 0'));
same('the exceptions count', [cves.find(({id}) => id === hole.id).exposedMachines, cves.some((one) => one.exposedMachines > 0 && one.exposedMachines < one.exposedMachinesBeforeExceptions)], [0, true]);
for (const {id, exposedMachines} of [...cves.slice(0, 20), ...cves.filter((one) => one.exposedMachines < one.exposedMachinesBeforeExceptions).slice(0, 20)]) same(`devices of ${id}: head and list`, exposedMachines, await count(`vulnerabilities/${id}/machineReferences`));
const pairs = `${holes} | summarize by DeviceId, CveId | count`;
same('findings: all devices of all CVEs', cves.reduce((sum, one) => sum + one.exposedMachinesBeforeExceptions, 0), await huntOne(pairs));

// ---- Recommendations ----------------------------------------------------------------------------------------------------------------------
const advice = await all('recommendations');
const installed = by(products, (r) => `va-_-${r.id}`, (r) => r.installedMachines), weak = by(products, (r) => `va-_-${r.id}`, (r) => r.weaknesses);
const about = advice.filter(({productName}) => productName);
sameEach('devices that have it: recommendations and products', by(about, (r) => r.id, (r) => r.totalMachineCount), by(about, (r) => r.id, (r) => installed.get(r.id)));
sameEach('CVEs: recommendations and products', by(about, (r) => r.id, (r) => r.weaknesses), by(about, (r) => r.id, (r) => weak.get(r.id)));
sameEach('exposed devices: recommendations and hunting', by(advice, (r) => r.id, (r) => r.exposedMachinesCount), await huntBy('MerlonRecommendationDevices | summarize N = count() by Name = RecommendationId'));
sameEach('exposed devices after exceptions: recommendations and hunting', by(advice, (r) => r.id, (r) => r.exposedMachinesAfterExceptions), await huntBy('MerlonRecommendationDevices | where not(IsExempt) | summarize N = count() by Name = RecommendationId'));
for (const {id, exposedMachinesCount, weaknesses} of advice.slice(0, 30)) {
  same(`devices of ${id}: head and list`, exposedMachinesCount, await count(`recommendations/${encodeURIComponent(id)}/machineReferences`));
  same(`CVEs of ${id}: head and list`, weaknesses, await count(`recommendations/${encodeURIComponent(id)}/vulnerabilities`));
}

// ---- Configuration -------------------------------------------------------------------------------------------------------------------------
const checks = await all('configurations');
const assessed = `DeviceTvmSecureConfigurationAssessment | ${counts} | where IsApplicable`;
sameEach('failing devices: checks and hunting', by(checks, (r) => r.id, (r) => r.failingMachines), await huntBy(`${assessed} | where not(IsCompliant) | summarize N = dcount(DeviceId) by Name = ConfigurationId`));
sameEach('applicable devices: checks and hunting', by(checks, (r) => r.id, (r) => r.applicableMachines), await huntBy(`${assessed} | summarize N = dcount(DeviceId) by Name = ConfigurationId`));
sameEach('failing devices: checks and recommendations', by(checks, (r) => r.id, (r) => r.failingMachines), by(advice.filter(({id}) => id.startsWith('sca-_-')), (r) => r.id.slice(6), (r) => r.exposedMachinesCount));

// ---- What devices have beside software -------------------------------------------------------------------------------------------------------
sameEach('devices of browser extensions: list and hunting', tally(await all('browserExtensions'), (r) => r.extensionId ?? r.id, (r) => r.machines),
  await huntBy(`DeviceTvmBrowserExtensions | ${counts} | summarize N = dcount(DeviceId) by ExtensionId, BrowserName | summarize N = sum(N) by Name = ExtensionId`));
const expiry = await get('machines/certificateExpiry');
const now = Date.now(), until = (days) => new Date(now + days * 86_400_000).toISOString();
for (const [field, filter] of [['certificates', "id ne ''"], ['expired', `notAfter lt ${until(0)}`], ['within30Days', `notAfter ge ${until(0)} and notAfter lt ${until(30)}`],
  ['within90Days', `notAfter ge ${until(0)} and notAfter lt ${until(90)}`]])
  same(`certificates, ${field}: dashboard and list`, expiry[field], await count(`machines/certificateAssessmentByMachine?$filter=${filter}`));
same('certificates that have expired: dashboard and hunting', expiry.expired, await huntOne(`DeviceTvmCertificateInfo | ${counts} | where todatetime(ExpirationDate) < now() | count`));

// ---- Work, exceptions, alerts -----------------------------------------------------------------------------------------------------------------
const task = await send('POST', 'remediationTasks', {recommendationId: about[0].id, dueOn: new Date(Date.now() + 9e8).toISOString()});
const [asked] = (await all('remediationTasks')).filter(({id}) => id === task.id);
same('devices of an activity: head and list', asked.targetDevices, await count(`remediationTasks/${task.id}/devices`));
same('devices of an activity and of its recommendation', asked.targetDevices, about[0].exposedMachinesAfterExceptions);
same('alerts: list and hunting', await count('alerts'), await huntOne('AlertInfo | summarize dcount(AlertId)'));
console.log(`${passed} ${failed}`);
