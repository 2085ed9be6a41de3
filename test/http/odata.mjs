// Query options that are odd but legal, and such as are not, on a running server with the demo fleet.
// usage: node odata.mjs http://127.0.0.1:PORT; prints FAILED lines and closes with "passed failed".
const base = process.argv[2];
let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 300)}`); }
}
const ask = async (path, options) => { const answer = await fetch(base + path, options); return {status: answer.status, body: await answer.json()}; };
const machines = (await ask('/api/machines')).body.value;
const rows = async (filter) => (await ask(`/api/machines?$select=id&$filter=${encodeURIComponent(filter)}`)).body;

// Each filter against the same condition in this language: on the rows themselves.
const tags = (m, test) => m.machineTags.some(test), day = 86400000, seen = (m) => Date.parse(m.lastSeen);
const filters = [
  ["machineTags/any(t: t eq 'server')", (m) => tags(m, (t) => t === 'server')],
  ["machineTags/any(t:t eq 'server') and not machineTags/any(u: u eq 'branch')", (m) => tags(m, (t) => t === 'server') && !tags(m, (t) => t === 'branch')],
  ["machineTags/all(t: t ne 'server')", (m) => m.machineTags.every((t) => t !== 'server')],
  ["not machineTags/any()", (m) => m.machineTags.length === 0],
  ["machineTags/any(t: machineTags/any(u: u ne t))", (m) => m.machineTags.some((t) => m.machineTags.some((u) => u !== t))],
  ["machineTags/$count eq 1", (m) => m.machineTags.length === 1],
  ["ipAddresses/$count ge 1", (m) => m.ipAddresses.length >= 1],
  ["ipAddresses/any(i: startswith(i/ipAddress,'10.') and i/operationalStatus eq 'Up')", (m) => m.ipAddresses.some((i) => i.ipAddress.startsWith('10.') && i.operationalStatus === 'Up')],
  ["osPlatform in ('Linux','macOS')", (m) => ['Linux', 'macOS'].includes(m.osPlatform)],
  ["not (osPlatform in ('Linux'))", (m) => m.osPlatform !== 'Linux'],
  ["not osPlatform eq 'Linux'", (m) => m.osPlatform !== 'Linux'],
  ["not startswith(osPlatform,'Win')", (m) => !m.osPlatform.startsWith('Win')],
  ["OSPLATFORM EQ 'linux' OR isExcluded", (m) => m.osPlatform === 'Linux' || m.isExcluded],
  ["'Linux' eq osPlatform", (m) => m.osPlatform === 'Linux'],
  ["year(lastSeen) ge 2020 and month(lastSeen) le 12 and day(lastSeen) gt 0", () => true],
  ["date(lastSeen) ge 2020-01-01", () => true],
  ["time(lastSeen) le 23:59:59.9999999", () => true],
  ["time(lastSeen) lt 00:00", () => false],
  ["lastSeen gt 2020-01-01Z", () => true],
  ["lastSeen gt datetime'2020-01-01T00:00:00' and lastSeen lt now()", () => true],
  ["lastSeen lt now() sub duration'P7D'", (m) => seen(m) < Date.now() - 7 * day],
  ["osBuild add 1 gt 22621", (m) => m.osBuild !== null && m.osBuild + 1 > 22621],
  ["osBuild mod 2 eq 0", (m) => m.osBuild !== null && m.osBuild % 2 === 0],
  ["-osBuild lt -20000L", (m) => m.osBuild !== null && m.osBuild > 20000],
  ["osBuild eq null", (m) => m.osBuild === null],
  [`rbacGroupId eq '${machines[0].rbacGroupId}'`, (m) => m.rbacGroupId === machines[0].rbacGroupId],
  [`rbacGroupId in ('${machines[0].rbacGroupId}', 1)`, (m) => m.rbacGroupId === machines[0].rbacGroupId],
  ["exposureLevel eq Microsoft.Defender.ExposureLevel'High'", (m) => m.exposureLevel === 'High'],
  ["computerDnsName eq 'it''s'", () => false],
  ["contains(computerDnsName,'_') or contains(computerDnsName,'%')", () => false],
  ["((((osPlatform eq 'Linux'))))", (m) => m.osPlatform === 'Linux'],
  ["1 div 0 eq 1", () => false],
  ["cast(osBuild,Edm.String) eq '22631'", (m) => m.osBuild === 22631],
  ["cast(version,Edm.Int32) gt 5", (m) => Number(m.version) > 5],
  ["cast('7',Edm.Double) eq 7 and cast('x',Edm.Int32) eq null", () => true],
  ["isof(osBuild,Edm.Int64) and not isof(osPlatform,Edm.Int32)", (m) => m.osBuild !== null],
  ["isof(computerDnsName,Edm.String)", () => true],
];
for (const [filter, fits] of filters) {
  const answer = await rows(filter), wanted = machines.filter(fits).map((m) => m.id).sort();
  expect(filter, JSON.stringify(answer.value?.map((m) => m.id).sort()) === JSON.stringify(wanted), JSON.stringify(answer.error ?? [answer.value.length, wanted.length]));
}
// Parameters stand for what they are given.
for (const [options, fits] of [["$filter=osPlatform eq @p&@p='Linux'", (m) => m.osPlatform === 'Linux'], ["@a=20000&@b='Linux'&$filter=osBuild gt @a or osPlatform eq @b", (m) => m.osBuild > 20000 || m.osPlatform === 'Linux'],
  ["$filter=osPlatform in @list&@list=('Linux','macOS')", (m) => ['Linux', 'macOS'].includes(m.osPlatform)], ["$filter=computerDnsName ne '@p'&$orderby=@o desc&@o=id", () => true]]) {
  const answer = await ask(`/api/machines?$select=id&${options.replaceAll(' ', '%20')}`);
  expect(options, answer.status === 200 && answer.body.value.map((m) => m.id).sort().join() === machines.filter(fits).map((m) => m.id).sort().join(), JSON.stringify(answer).slice(0, 300));
}
// What is wrong is refused with its place and what would be right.
for (const [options, words] of [
  ["$filter=osPlatform eq", 'column 14'], ["$filter=osPlatfrm eq 'x'", 'Did you mean osPlatform'], ["$filter=osPlatform in ()", 'expected'], ["$filter=osBuild eq 'abc'", 'cannot be compared'],
  ["$filter=machineTags eq 'x'", 'list'], ["$filter=nofunc(osPlatform)", 'no function'], ["$filter=contains(osPlatform)", '2 arguments'], ["$filter=lastSeen gt 25:61", 'time of day'],
  ["$filter=machineTags/some(t: t eq 'x')", 'any, all or $count'], ["$select=id,nope", 'nope'], ["$orderby=osPlatform downwards", 'asc, desc'], ["$top=5.0", 'whole number'], ["$skip=-1", 'whole number'],
  ["$count=perhaps", 'true or false'], ["$top=1&$top=2", 'given before'], ["$apply=aggregate(id)", '$apply is not supported'], ["$compute=osBuild add 1 as b", '$compute is not supported'], ["$deltatoken=x", 'changes'],
  ["$filter=osPlatform eq @p", 'has no value'], ["$filter=osPlatform eq 'x'&@p='y'", 'names it'], ["$filter=cast(lastSeen,Edm.String) eq 'x'", 'not supported'], ["$filter=cast(osBuild,Microsoft.X) eq 1", 'not supported'],
  ["$filter=cast(osBuild) eq 1", 'a comma and a type'], ["$filter=isof(machineTags,Edm.String)", 'not supported'], ["$skiptoken=abc", 'nextLink']]) {
  const answer = await ask(`/api/machines?${options.replaceAll(' ', '%20')}`);
  expect(`${options} is refused`, answer.status === 400 && answer.body.error.code === 'ODataError' && answer.body.error.message.includes(words) && answer.body.error.target, JSON.stringify(answer));
}
// Pages.
const none = (await ask('/api/machines?$count=true&$top=0')).body, beyond = (await ask('/api/machines?$count=true&$skip=100000')).body;
for (const one of [none, beyond]) expect('nothing but the count', one.value.length === 0 && one['@odata.count'] === machines.length && !one['@odata.nextLink'], JSON.stringify(one));
// Lists below an entity are counted in the pass that shows the page: the number is that of all rows, whatever the page.
const busy = (await ask('/api/vulnerabilities?$filter=exposedMachines gt 3&$top=1&$orderby=exposedMachines desc')).body.value[0].id;
for (const path of [`/api/vulnerabilities/${busy}/machineReferences`, `/api/machines/${machines[0].id}/software`, '/api/alerts', '/api/serviceTargets/breaches', `/api/machines/${machines[0].id}/vulnerabilities`]) {
  const whole = (await ask(`${path}?$count=true`)).body, number = await (await fetch(`${base}${path}/$count`, {headers: {Accept: 'text/plain'}})).text();
  expect(`${path} counts its rows`, whole['@odata.count'] === whole.value.length && String(whole.value.length) === number, JSON.stringify([whole['@odata.count'], whole.value?.length, number]));
  for (const [options, rows] of [['$top=2', 2], ['$skip=1&$top=1', 1], ['$top=0', 0], ['$skip=100000', 0], ['$orderby=id desc&$top=3', 3]]) {
    const page = (await ask(`${path}?$count=true&${options}`)).body;
    expect(`${path}?${options} counts all`, page['@odata.count'] === whole.value.length && page.value.length === Math.min(rows, Math.max(0, whole.value.length - (options.startsWith('$skip=1&') ? 1 : 0))), JSON.stringify(page).slice(0, 200));
  }
  const pages = (await ask(`${path}?$count=true`, {headers: {Prefer: 'odata.maxpagesize=2'}})).body;
  if (pages['@odata.nextLink']) expect(`${path} says the same on the next page`, (await ask(pages['@odata.nextLink'].slice(base.length))).body['@odata.count'] === whole.value.length, pages['@odata.nextLink']);
}
const bare = await fetch(`${base}/api/machines/$count`, {headers: {Accept: 'text/plain'}});
expect('the count as text', bare.status === 200 && await bare.text() === String(machines.length), bare.status);
expect('sorted by the length of a list', (await ask('/api/machines?$orderby=machineTags/$count desc,id&$top=1')).status === 200);
const path = "/api/machines?$filter=osPlatform ne 'x' and machineTags/any(t: t ne 'a+b')&$orderby=osPlatform desc,version&$select=id,version&$count=true&$search=demo".replaceAll(' ', '%20').replace('a+b', 'a%2Bb');
const prefer = {headers: {Prefer: 'odata.maxpagesize=7'}};
let page = (await ask(path, prefer)).body;
const total = page['@odata.count'], ids = page.value.map((one) => one.id);
for (let pages = 0; page['@odata.nextLink'] && pages < 100; ++pages) {
  const next = page['@odata.nextLink'];
  expect('nextLink keeps every option', ['$filter=', '$orderby=', '$select=', '$count=', '$search='].every((name) => next.includes(name)), next);
  page = (await ask(next.slice(next.indexOf('/api')), prefer)).body;
  expect('and the count', page['@odata.count'] === total && Object.keys(page.value[0]).join() === 'id,version', JSON.stringify(page).slice(0, 200));
  ids.push(...page.value.map((one) => one.id));
}
expect('the pages come to the whole', ids.length === total && new Set(ids).size === total && total > 7, `${ids.length} ${total}`);
console.log(`${passed} ${failed}`);
