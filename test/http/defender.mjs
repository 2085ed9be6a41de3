// What scripts written for Defender's API rely on: fields, enumerations, ids, contexts, codes of errors.
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
const words = (text) => text.split(/\s+/).filter(Boolean);

// ---- Entities ------------------------------------------------------------------------------------------------
const vulnerability = words(`id name description severity cvssV3 cvssVector exposedMachines publishedOn updatedOn publicExploit exploitVerified exploitInKit exploitTypes exploitUris
  cveSupportability epss firstDetected patchFirstAvailable tags status`);
const software = words('id name vendor weaknesses publicExploit activeAlert exposedMachines impactScore');
const recommendation = words(`id productName recommendationName weaknesses vendor recommendedVersion recommendedProgram recommendedVendor recommendationCategory subCategory severityScore
  publicExploit activeAlert associatedThreats remediationType status configScoreImpact exposureImpact totalMachineCount exposedMachinesCount nonProductivityImpactedAssets relatedComponent tags exposedCriticalDevices`);
const reference = words('id computerDnsName osPlatform rbacGroupName rbacGroupId');
const machine = words(`id computerDnsName firstSeen lastSeen osPlatform osVersion onboardingStatus osProcessor osArchitecture version osBuild lastIpAddress lastExternalIpAddress healthStatus
  rbacGroupName rbacGroupId riskScore exposureLevel deviceValue aadDeviceId isAadJoined machineTags ipAddresses mergedIntoMachineId isPotentialDuplication isExcluded exclusionReason agentVersion
  defenderAvStatus managedBy managedByStatus vmMetadata`);
const alert = words(`id title description category alertCreationTime firstEventTime lastEventTime lastUpdateTime resolvedTime incidentId investigationId investigationState assignedTo severity status
  classification determination detectionSource detectorId threatFamilyName threatName machineId computerDnsName rbacGroupName aadTenantId mitreTechniques relatedUser comments`);
const machines = (await get('/api/machines')).body.value, id = machines[0].id;
const raised = await ask('POST', '/api/alerts/CreateAlertByReference', {machineId: id, severity: 'Low', title: 'raised by script', description: 'd', recommendedAction: 'a', eventTime: machines[0].lastSeen, reportId: '1', category: 'Exploit'});
expect('an alert is raised', raised.status === 200 && raised.body.id, JSON.stringify(raised.body));
const dto = '#Collection(Analytics.Contracts.PublicAPI.PublicVulnerabilityDto)';
for (const [path, fields, context] of [
  ['/api/machines', machine, '#Machines'], [`/api/machines/${id}`, machine, '#Machines/$entity'], [`/api/machines('${id}')`, machine, '#Machines/$entity'],
  ['/api/recommendations', recommendation, '#Recommendations'], ['/api/recommendations/va-_-google-_-chrome', recommendation, '#Recommendations/$entity'],
  ['/api/recommendations/va-_-google-_-chrome/machineReferences', reference, '#MachineReferences'], ['/api/recommendations/va-_-google-_-chrome/vulnerabilities', vulnerability, dto],
  ['/api/recommendations/va-_-google-_-chrome/software', software, '#Analytics.Contracts.PublicAPI.PublicProductDto'],
  ['/api/Software', software, '#Software'], ['/api/software/google-_-chrome', software, '#Software/$entity'], ['/api/Software/google-_-chrome/vulnerabilities', vulnerability, dto],
  ['/api/Software/google-_-chrome/machineReferences', reference, '#MachineReferences'], ['/api/Software/google-_-chrome/distributions', ['version', 'installations', 'vulnerabilities'], '#Distributions'],
  ['/api/vulnerabilities', vulnerability, '#Vulnerabilities'], ['/api/v1.0/Vulnerabilities?$filter=exposedMachines gt 0', vulnerability, '#Vulnerabilities'],
  ['/api/vulnerabilities/machinesVulnerabilities', words('id cveId machineId fixingKbId productName productVendor productVersion severity'), '#Collection(microsoft.windowsDefenderATP.api.PublicAssetVulnerabilityDto)'],
  ['/api/exposureScore', ['time', 'score'], '#ExposureScore/$entity'], ['/api/exposureScore/ByMachineGroups', words('time score rbacGroupName rbacGroupId'), '#ExposureScore'],
  ['/api/configurationScore', ['time', 'score'], '#ConfigurationScore/$entity'], ['/api/alerts', alert, '#Alerts'], ['/api/alerts?$expand=evidence', [...alert, 'evidence'], '#Alerts'],
]) {
  const answer = await get(path);
  const entity = answer.body.value ? answer.body.value[0] : answer.body;
  expect(`${path} answers`, answer.status === 200 && entity, JSON.stringify(answer.body));
  const missing = fields.filter((name) => !(name in (entity ?? {})));
  expect(`${path} has all fields`, missing.length === 0, missing);
  expect(`${path} has its context`, answer.body['@odata.context']?.endsWith(`$metadata${context}`), answer.body['@odata.context']);
}

// ---- Rows of exports, activities, authenticated scans ----------------------------------------------------------
const device = 'deviceId deviceName rbacGroupId rbacGroupName';
const findings = words(`id ${device} osPlatform osVersion osArchitecture softwareVendor softwareName softwareVersion cveId vulnerabilitySeverityLevel cvssScore exploitabilityLevel recommendedSecurityUpdate
  recommendedSecurityUpdateId recommendedSecurityUpdateUrl securityUpdateAvailable recommendationReference diskPaths registryPaths firstSeenTimestamp lastSeenTimestamp`);
const asked = await ask('POST', '/api/remediationTasks', {recommendationId: 'va-_-google-_-chrome', dueOn: new Date(Date.now() + 9e8).toISOString()});
expect('an activity begins', asked.status === 201, JSON.stringify(asked.body));
for (const [path, fields] of [
  ['machines/SecureConfigurationsAssessmentByMachine', words(`${device} osPlatform osVersion timestamp configurationId configurationCategory configurationSubcategory configurationImpact configurationName isCompliant isApplicable
    isExpectedUserImpact recommendationReference context`)],
  ['machines/SoftwareInventoryByMachine', words(`${device} osPlatform softwareVendor softwareName softwareVersion numberOfWeaknesses diskPaths registryPaths softwareFirstSeenTimestamp endOfSupportStatus endOfSupportDate`)],
  ['machines/SoftwareInventoryNoProductCodeByMachine', words(`${device} osPlatform softwareVendor softwareName softwareVersion softwareLastSeenTimestamp`)],
  ['machines/SoftwareVulnerabilitiesByMachine', findings],
  [`machines/SoftwareVulnerabilityChangesByMachine?sinceTime=${new Date(Date.now() - 5e8).toISOString()}`, [...findings, 'eventTimestamp', 'status', 'isOnboarded']],
  ['machines/certificateAssessmentByMachine', words(`${device} thumbprint path signatureAlgorithm keyLength notBefore notAfter subjectType serialNumber subjectObject issuerObject keyUsageArray extendedKeyUsageArray isSelfSigned`)],
  ['machines/BrowserExtensionsInventoryByMachine', words(`DeviceId DeviceName RbacGroupId RbacGroupName InstallationTime BrowserName ExtensionId ExtensionName ExtensionDescription ExtensionVersion ExtensionRisk ExtensionVendor IsActivated Permissions`)],
  ['machines/HardwareFirmwareInventoryByMachine', words(`${device} componentType manufacturer componentName componentVersion additionalFields`)],
  ['browserextensions/permissionsinfo', words('key permissionName description')],
  ['baselineConfigurations', words('id uniqueId benchmarkName benchmarkVersion name description category complianceLevels cce rationale remediation recommendedValue source isCustom')],
  ['remediationTasks', words(`id title createdOn requesterId requesterEmail status statusLastModifiedOn description relatedComponent targetDevices fixedDevices rbacGroupNames requesterNotes dueOn category
    productivityImpactRemediationType priority completionMethod completerId completerEmail scid type productId vendorId nameId recommendedVersion recommendedVendor recommendedProgram`)],
]) {
  const row = (await get(`/api/${path}`)).body.value?.[0];
  expect(`${path} has all fields`, row && fields.every((name) => name in row), row ? fields.filter((name) => !(name in row)) : 'no row');
}
const extension = (await get('/api/machines/BrowserExtensionsInventoryByMachine')).body.value.find((one) => one.Permissions.length > 0);
expect('permissions of an extension say what they are', extension?.Permissions.every((one) => Object.keys(one).join() === 'Id,IsRequired,Risk' && ['None', 'Low', 'Medium', 'High', 'Critical'].includes(one.Risk)), JSON.stringify(extension));
const task = (await get('/api/remediationTasks')).body.value[0];
expect('words of an activity', ['Active', 'Completed'].includes(task.status) && ['Software', 'Security configuration'].includes(task.category) && ['High', 'Medium', 'Low'].includes(task.priority) && Array.isArray(task.rbacGroupNames) && task.targetDevices > 0, JSON.stringify(task));
const seen = (await get('/api/alerts?$expand=evidence')).body.value.flatMap((one) => one.evidence);
expect('evidence is of the kinds that there are', seen.every((one) => ['User', 'Process', 'File', 'Ip', 'Url', 'Registry'].includes(one.entityType)), JSON.stringify(seen.map((one) => one.entityType)));
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
for (const row of (await get('/api/machines/SoftwareVulnerabilitiesByMachine?$top=500')).body.value)
  if (!['NoExploit', 'ExploitIsPublic', 'ExploitIsVerified', 'ExploitIsInKit'].includes(row.exploitabilityLevel) || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(row.firstSeenTimestamp)) { expect('words and times of an export', false, JSON.stringify(row)); break; }
for (const row of (await get('/api/machines/SoftwareInventoryByMachine')).body.value)
  if (!['None', 'EOS Version', 'Upcoming EOS Version', 'EOS Software', 'Upcoming EOS Software'].includes(row.endOfSupportStatus)) { expect('words of the end of support', false, JSON.stringify(row)); break; }

// ---- Enumerations and ids ------------------------------------------------------------------------------------
const only = (what, list, field, allowed) => { const odd = list.filter((one) => ![one[field]].flat().every((value) => allowed.includes(value))); expect(`${what}: ${field}`, odd.length === 0, JSON.stringify(odd[0]?.[field])); };
only('machines', machines, 'riskScore', ['None', 'Informational', 'Low', 'Medium', 'High', null]);
only('machines', machines, 'exposureLevel', ['None', 'Low', 'Medium', 'High', null]);
only('machines', machines, 'deviceValue', ['Normal', 'Low', 'High']);
only('machines', machines, 'osArchitecture', ['32-bit', '64-bit', '']);
only('machines', machines, 'healthStatus', ['Active', 'Inactive', 'ImpairedCommunication', 'NoSensorData', 'NoSensorDataImpairedCommunication', 'Unknown']);
expect('ids of machines', machines.every((one) => /^[0-9a-f]{40}$/.test(one.id) && Number.isInteger(one.rbacGroupId)));
const known = (await get('/api/vulnerabilities')).body.value;
only('vulnerabilities', known, 'severity', ['None', 'Low', 'Medium', 'High', 'Critical']);
only('vulnerabilities', known, 'cveSupportability', ['Supported', 'Not Supported', 'SupportedInPremium']);
only('vulnerabilities', known, 'status', ['RemediationRequired', 'NoActionRequired', 'UnderException', 'PartialException']);
expect('kinds of exploit begin with a capital', known.every((one) => one.exploitTypes.every((kind) => /^[A-Z]/.test(kind))) && known.some((one) => one.exploitTypes.includes('Remote')));
const advice = (await get('/api/recommendations')).body.value;
only('recommendations', advice, 'recommendationCategory', ['Accounts', 'Application', 'Network', 'OS', 'SecurityControls']);
only('recommendations', advice, 'remediationType', ['ConfigurationChange', 'Update', 'Upgrade', 'Uninstall']);
only('recommendations', advice, 'status', ['Active', 'Exception']);
expect('ids of recommendations', advice.every((one) => /^(va-_-.+-_-.+|sca-_-scid-\d+)$/.test(one.id)));

// ---- Writes and what is refused ------------------------------------------------------------------------------
const refused = async (method, path, body, status, code) => {
  const answer = await ask(method, path, body);
  expect(`${method} ${path} ${JSON.stringify(body) ?? ''}: ${status} ${code}`, answer.status === status && answer.body.error?.code === code && /^[0-9a-f-]{36}$/.test(answer.body.error.target), JSON.stringify(answer.body));
};
await refused('GET', '/api/machines/nowhere', undefined, 404, 'ResourceNotFound');
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
