// Scores matching and identity on labelled cases: recall, false positives and every miss, set by set.
// usage: node score.mjs DATA OUT [--merlon PROGRAM] [--small] [--floors FILE] [--set NAME]
//   DATA      the folder with labelled/, osv/, msrc/ ... (see its README); OUT takes misses.tsv and what was made
//   --small   only the feeds of labelled/ and MSRC, not the others under DATA
//   --floors  {set: {recall, precise}}: fails where a set is below; a better result is printed to be written down
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ecosystems_by_name, flattened_feeds, lines_of_set } from './data.mjs';
import * as made from './inventories.mjs';

const options = process.argv.slice(2);
const flag = (name) => { const at = options.indexOf(name); return at < 0 ? undefined : options.splice(at, 2)[1]; };
const merlon = flag('--merlon') ?? 'merlon';
const floors_file = flag('--floors');
const only = flag('--set');
const small = options.includes('--small') && options.splice(options.indexOf('--small'), 1);
const [data, out] = options;
const labelled = path.join(data, 'labelled');
fs.mkdirSync(out, { recursive: true });
const store = path.join(out, 'data');
const run = (...args) => execFileSync(merlon, ['--quiet', '--data', store, ...args], { maxBuffer: 1 << 30, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const ndjson = (name, entries) => {
  const file = path.join(out, name);
  fs.writeFileSync(file, entries.map((entry) => JSON.stringify(entry) + '\n').join(''));
  return file;
};
const listed = (folder, wanted) => (fs.existsSync(path.join(data, folder)) ? fs.readdirSync(path.join(data, folder)).filter((name) => wanted.test(name)).sort().map((name) => path.join(data, folder, name)) : []);

// ---- knowledge ------------------------------------------------------------------------------------------------
const osv_files = listed('osv', /\.jsonl\.gz$/);
const records = flattened_feeds(path.join(labelled, 'feeds'));
const answerable = ecosystems_by_name(records, osv_files, Boolean(small));
const started = Date.now();
if (!fs.existsSync(store)) {
  const own = listed('labelled/feeds', /^(nvd-2\.0-for|nvd-overrides|cve5)/);
  const others = small ? [] : [...listed('nvd', /^nvdcve.*\.json\.gz$/), ...listed('nvd/converted-from-1.1', /\.json\.gz$/), ...listed('nvd', /overrides.*\.gz$/), ...listed('cve5', /\.gz$/), ...listed('oval', /\.bz2$/)];
  const feeds = [ndjson('flattened.ndjson', records), ...(small ? [] : osv_files), ...listed('msrc', /\.(gz|bz2)$/), ...others, ...own];
  fs.writeFileSync(path.join(out, 'load.txt'), run('feeds', 'load', '--no-match', ...feeds));
}
const loaded = Date.now();

// ---- cases ----------------------------------------------------------------------------------------------------
const sets = {
  'linux-hosts': lines_of_set(labelled, 'fleet-linux-hosts').map((set) => made.linux_host(set, answerable.packages)),
  wazuh: lines_of_set(labelled, 'wazuh-efficacy').map(made.wazuh),
  'cpe-to-cve': lines_of_set(labelled, 'fleet-cpe-to-cve').map(made.cpe_case),
  containers: made.container_cases(lines_of_set(labelled, 'anchore-labels'), answerable.packages),
  golden: lines_of_set(labelled, 'trivy-golden').map(made.trivy_case),
  'windows-builds': lines_of_set(labelled, 'windows-builds').map(made.windows_build),
};
const identities = {
  'software-to-cpe': lines_of_set(labelled, 'fleet-software-to-cpe').map(made.identity_case),
  'macos-2026': lines_of_set(labelled, 'fleet-accuracy-macos-2026').map(made.identity_case),
};
const file = ndjson('inventories.ndjson', Object.values(sets).flat().map((it) => it.report));
const scanned = JSON.parse(run('scan', file, '--all', '--output', 'json'));
const found = new Map();
for (const finding of scanned.findings) {
  if (!found.has(finding.device)) found.set(finding.device, []);
  found.get(finding.device).push(finding);
}
const names_of = (finding) => [finding.cve, ...finding.advisories.map((name) => name.slice(name.indexOf(':') + 1).replace(/[@/].*$/, '')).flatMap((name) => name.split('+'))];

// A container's label can be answered when some record of its ecosystem names the flaw.
const ecosystem_of_source = { maven: ['Maven'], npm: ['npm'], pypi: ['PyPI'], gem: ['RubyGems'], golang: ['Go'] };
function container_answerable(one, name) {
  const known = answerable.known.get(name);
  if (!known) return false;
  const wanted = ecosystem_of_source[one.source];
  if (wanted) return wanted.some((ecosystem) => known.has(ecosystem));
  const [distribution, version] = one.release.split(':');
  const family = { debian: `Debian:${version}`, ubuntu: `Ubuntu:${version}`, rhel: `Red Hat:${version}`, alpine: `Alpine:v${version}`, almalinux: `AlmaLinux:${version}`, rocky: `Rocky Linux:${version}`, amzn: `Amazon Linux:${version}` }[distribution];
  if (!['deb', 'rpm', 'apk'].includes(one.source) || !family) return false;
  // Debian's records go by source package, which the labels do not give; the others by the package itself.
  return [...known].some((ecosystem) => ecosystem.startsWith(family) && (distribution === 'debian' || answerable.packages.get(ecosystem).has(one.name)));
}

// ---- scores ---------------------------------------------------------------------------------------------------
const misses = [];
const totals = {};
const say = (text) => process.stdout.write(text + '\n');
const percent = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : '-');

for (const [name, cases] of Object.entries(sets)) {
  if (only && only !== name) continue;
  const total = (totals[name] = { cases: cases.length, expected: 0, hit: 0, refused: 0, wrong: 0, left_out: 0, fixed: 0, fixed_right: 0 });
  for (const one of cases) {
    const findings = found.get(one.id) ?? [];
    const shown = new Map();
    for (const finding of findings) for (const id of names_of(finding)) if (!finding.hidden && !shown.has(id)) shown.set(id, finding);
    const left_out = new Set(one.leave_out);
    for (const id of new Set(one.expect)) {
      const out_of_score = left_out.has(id) || (name === 'containers' && !shown.has(id) && !container_answerable(one, id));
      if (out_of_score) { ++total.left_out; continue; }
      ++total.expected;
      if (shown.has(id)) {
        ++total.hit;
        const wanted = one.fixed_in?.[id];
        if (wanted) {
          ++total.fixed;
          const got = findings.filter((it) => names_of(it).includes(id)).map((it) => it.fixedVersion.replace(/^v/, ''));
          if (got.includes(wanted.replace(/^v/, ''))) ++total.fixed_right;
          else misses.push([name, one.id, id, 'fixed-in', `wanted ${wanted}, got ${got.join(' ')}`]);
        }
        continue;
      }
      const hidden = findings.find((finding) => names_of(finding).includes(id));
      misses.push([name, one.id, id, 'missed', hidden ? `hidden: ${hidden.state}, ${hidden.confidence} %; ${hidden.evidence.filter((it) => it.kind !== 'fact').map((it) => it.text).join(' | ')}` : 'no statement matches']);
    }
    const refused = one.complete ? [...new Set([...one.reject, ...[...shown.values()].map((it) => it.cve)])].filter((id) => !one.expect.includes(id) && !left_out.has(id)) : [...new Set(one.reject)];
    total.refused += refused.length;
    for (const id of refused)
      if (shown.has(id)) {
        ++total.wrong;
        misses.push([name, one.id, id, 'false', shown.get(id).evidence.map((it) => it.text).join(' | ')]);
      }
  }
}

if ((!only || only in identities) && !options.includes("--no-identity")) {
  const asked = Object.values(identities).flat();
  const answers = run('identify', '--batch', ndjson('identify.ndjson', asked.map((it) => it.item))).trim().split('\n').map((line) => JSON.parse(line));
  let at = 0;
  for (const [name, cases] of Object.entries(identities)) {
    const total = (totals[name] = { cases: cases.length, expected: 0, hit: 0, refused: 0, wrong: 0, left_out: 0, versions: 0, versions_right: 0 });
    for (const one of cases) {
      const answer = answers[at++];
      const first = answer.candidates.filter((it) => it.confidence >= 50 && !it.subject.startsWith('pkg:')).map((it) => it.subject.slice(2));
      if (!one.expect) {
        ++total.refused;
        if (first.length) { ++total.wrong; misses.push([name, one.id, '', 'false', `${one.item.name}: taken to be ${first[0]}`]); }
        continue;
      }
      ++total.expected;
      const right = first.includes(one.expect) || (answer.vendor + ':' + answer.product === one.expect);
      if (right) ++total.hit;
      else misses.push([name, one.id, '', 'missed', `${one.item.name}: wanted ${one.expect}, got ${first.join(' ') || 'nothing sure'} (${answer.candidates.map((it) => it.subject + ' ' + it.confidence).join(', ')})`]);
    }
  }
}

fs.writeFileSync(path.join(out, 'misses.tsv'), misses.map((row) => row.join('\t') + '\n').join(''));
say(`knowledge loaded in ${((loaded - started) / 1000).toFixed(1)} s, ${scanned.components} components matched in ${((Date.now() - loaded) / 1000).toFixed(1)} s`);
say('set               cases  expected  recall     refused  false      left out  fixed-in right');
const sum = { cases: 0, expected: 0, hit: 0, refused: 0, wrong: 0, left_out: 0, fixed: 0, fixed_right: 0 };
const row = (name, t) => say(`${name.padEnd(17)} ${String(t.cases).padStart(5)} ${String(t.expected).padStart(9)}  ${percent(t.hit, t.expected).padEnd(9)} ${String(t.refused).padStart(8)}  ${`${t.wrong} (${percent(t.wrong, t.refused)})`.padEnd(12)} ${String(t.left_out).padStart(6)}  ${t.fixed ? percent(t.fixed_right, t.fixed) : ''}`);
for (const [name, total] of Object.entries(totals)) {
  row(name, total);
  for (const key of Object.keys(sum)) sum[key] += total[key] ?? 0;
}
row('all', sum);
say(`${misses.length} misses in ${path.join(out, 'misses.tsv')}`);

let failed = 0;
if (floors_file) {
  const floors = JSON.parse(fs.readFileSync(floors_file, 'utf8'))[small ? 'small' : 'all'];
  for (const [name, total] of Object.entries(totals)) {
    const recall = total.expected ? (100 * total.hit) / total.expected : 100;
    const wrong = total.refused ? (100 * total.wrong) / total.refused : 0;
    const floor = floors[name];
    const good = floor && recall >= floor.recall && wrong <= floor.wrong;
    if (!good) ++failed;
    if (!good) say(`FAILED: ${name}: recall ${recall.toFixed(2)} (floor ${floor?.recall}), false ${wrong.toFixed(2)} (at most ${floor?.wrong})`);
    else if (recall > floor.recall + 0.1 || wrong < floor.wrong - 0.1) say(`better: ${name}: write down recall ${recall.toFixed(1)}, wrong ${wrong.toFixed(1)}`);
  }
}
say(`${Object.keys(totals).length - failed} ${failed} 0`);
