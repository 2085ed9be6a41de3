// Reading of the labelled sets and of the feeds that come with them in flattened forms, which no publisher serves: those
// are turned into Merlon's own knowledge lines (docs/knowledge-format.md).
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

export const read = (file) => {
  const bytes = fs.readFileSync(file);
  return (file.endsWith('.gz') ? zlib.gunzipSync(bytes) : bytes).toString('utf8');
};
export const lines = (file) => read(file).split('\n').filter((line) => line.trim()).map((line) => JSON.parse(line));
export const lines_of_set = (folder, name) => {
  for (const file of [path.join(folder, name + '.jsonl'), path.join(folder, name + '.jsonl.gz')])
    if (fs.existsSync(file)) return lines(file);
  return [];
};

// ---- flattened OVAL: {advisory[], cves[], packages: [[name, "less than", evr, architectures?]]} ---------------------

const ubuntu_release = { 1604: '16.04', 1804: '18.04', 2004: '20.04', 2104: '21.04', 2110: '21.10', 2204: '22.04' };
const long_term = new Set(['16.04', '18.04', '20.04', '22.04']);

// Newest advisories in the flattened files: USN-5395-1, RHSA-2022:4991.
const oval_date = '2022-05-31';

function flat_oval(file, release) {
  const ubuntu = release.startsWith('ubuntu_') ? ubuntu_release[release.slice(7)] : '';
  const ecosystem = ubuntu ? `Ubuntu:${ubuntu}${long_term.has(ubuntu) ? ':LTS' : ''}` : `Red Hat:${Number(release.slice(5))}`;
  return lines(file).map((entry) => ({
    kind: 'advisory', id: `${entry.advisory.join('+')}@${release}`, source: ubuntu ? 'ubuntu' : 'redhat', cves: entry.cves,
    aliases: entry.advisory, modified: oval_date,
    affected: entry.packages.map(([name, , evr, architectures]) => {
      const fixed = evr.replace(/^0:/, '');
      return {
        subject: { package: { ecosystem, name } }, ranges: [{ scheme: ubuntu ? 'dpkg' : 'rpm', to: fixed }], state: 'fixed',
        fixed_version: fixed, architecture: architectures ?? '', note: 'binary package',
      };
    }),
  }));
}

// ---- trivy's fixture database: {root: [{bucket, pairs: [{bucket, pairs: [{key, value}]}]}]} -------------------------

const language = {
  composer: ['Packagist', 'packagist'], java: ['Maven', 'maven'], nodejs: ['npm', 'semver'], nuget: ['NuGet', 'nuget'],
  python: ['PyPI', 'pep440'], ruby: ['RubyGems', 'gem'], rust: ['crates.io', 'semver'], go: ['Go', 'golang'],
  erlang: ['Hex', 'semver'], pub: ['Pub', 'semver'], swift: ['SwiftURL', 'semver'], cocoapods: ['CocoaPods', 'semver'],
  conan: ['ConanCenter', 'semver'], k8s: ['Kubernetes', 'semver'],
};
const status_words = { 1: 'not_affected', 2: 'affected', 3: 'fixed', 4: 'under_investigation', 5: 'will_not_fix', 6: 'deferred', 7: 'affected' };

// "suse" and the like: the name of the ecosystem as match/identity/distribution.cpp knows it, and the version order.
function distribution_of(root, bucket) {
  const version = bucket.split(' ').pop();
  switch (root) {
    case 'almalinux': return [`AlmaLinux:${version}`, 'rpm'];
    case 'alpine': return [version === 'edge' ? 'Alpine:edge' : `Alpine:v${version}`, 'apk'];
    case 'amazon': return [`Amazon Linux:${version}`, 'rpm'];
    case 'debian': return [`Debian:${version}`, 'dpkg'];
    case 'mariner': return [`CBL-Mariner:${version}`, 'rpm'];
    case 'opensuse': return [bucket.startsWith('openSUSE Tumble') ? 'openSUSE:Tumbleweed' : `openSUSE:Leap ${version}`, 'rpm'];
    case 'oracle': return [`Oracle Linux:${version}`, 'rpm'];
    case 'photon': return [`Photon OS:${version}`, 'rpm'];
    case 'rockylinux': return [`Rocky Linux:${version}`, 'rpm'];
    case 'suse': return bucket.includes('Micro') ? null : [`SUSE:Linux Enterprise Server ${version.replace('-', ' ')}`, 'rpm'];
    case 'ubuntu': return [`Ubuntu:${version}${long_term.has(version) ? ':LTS' : ''}`, 'dpkg'];
    default: return null;
  }
}

function range_of(text, scheme) {
  const range = { scheme };
  const interval = /^([[(])([^,]*),([^\])]*)([\])])$/.exec(text.trim());
  if (interval) {
    const [, open, from, to, close] = interval;
    if (from.trim()) Object.assign(range, { from: from.trim(), from_inclusive: open === '[' });
    if (to.trim()) Object.assign(range, { to: to.trim(), to_inclusive: close === ']' });
    return range;
  }
  for (const part of text.split(',')) {
    const [, operator, version] = /^\s*(>=|<=|>|<|=)?\s*v?(.*?)\s*$/.exec(part);
    if (operator?.startsWith('>')) Object.assign(range, { from: version, from_inclusive: operator === '>=' });
    else if (operator?.startsWith('<')) Object.assign(range, { to: version, to_inclusive: operator === '<=' });
    else Object.assign(range, { from: version, from_inclusive: true, to: version, to_inclusive: true });
  }
  return range;
}

function trivy_language(id, value, ecosystem, scheme, name) {
  const patched = (value.PatchedVersions ?? []).filter((version) => /^v?[0-9]/.test(version));
  const ranges = (value.VulnerableVersions ?? []).flatMap((text) => text.split('||')).map((text) => range_of(text, scheme));
  if (!ranges.length) return null;
  return {
    subject: { package: { ecosystem, name: ecosystem === 'PyPI' ? name.toLowerCase().replace(/[-_.]+/g, '-') : name } }, ranges,
    state: patched.length ? 'fixed' : 'affected', ...(patched.length === 1 ? { fixed_version: patched[0].replace(/^v/, '') } : {}),
  };
}

function trivy_package(value, ecosystem, scheme, name) {
  const fixed = value?.FixedVersion ?? '';
  const state = fixed ? 'fixed' : value?.State === 'postponed' ? 'deferred' : (status_words[value?.Status] ?? 'affected');
  return { subject: { package: { ecosystem, name } }, ranges: [{ scheme, ...(fixed ? { to: fixed } : {}) }], state, fixed_version: fixed };
}

// Entries are for sets of Red Hat's products, by numbers of its CPE list.
function trivy_redhat(pairs, cpes) {
  const records = [];
  for (const { bucket: name, pairs: advisories } of pairs)
    for (const { key, value } of advisories)
      value.Entries.forEach((entry, at) => {
        const releases = new Set(entry.Affected.map((number) => /enterprise_linux:([0-9]+)/.exec(cpes[number] ?? '')?.[1]).filter(Boolean));
        const cves = (entry.Cves ?? []).map((cve) => cve.ID ?? key).filter((id) => id.startsWith('CVE-'));
        if (releases.size)
          records.push({
            kind: 'advisory', id: `${key}/${name}/${at}`, source: 'redhat', cves, aliases: [key],
            affected: [...releases].map((release) => trivy_package(entry, `Red Hat:${release}`, 'rpm', name)),
          });
      });
  return records;
}

export function trivy_records(file) {
  const database = JSON.parse(read(file));
  const records = [];
  const add = (id, source, affected) => {
    if (affected) records.push({ kind: 'advisory', id: `${id}/${records.length}`, source, cves: id.startsWith('CVE-') ? [id] : [], aliases: [id], affected: [affected] });
  };
  const cpes = {};
  for (const { pairs } of database.cpe ?? [])
    for (const { bucket, pairs: inner } of pairs) if (bucket === 'cpe') for (const { key, value } of inner) cpes[key] = value;
  for (const [root, buckets] of Object.entries(database))
    for (const { bucket, pairs } of buckets) {
      if (root === 'redhat') records.push(...trivy_redhat(pairs, cpes));
      const known = language[root] ?? distribution_of(root, bucket);
      if (!known) continue;
      for (const { bucket: name, pairs: advisories } of pairs)
        for (const { key, value } of advisories ?? [])
          add(key, root, language[root] ? trivy_language(key, value, ...known, name) : trivy_package(value, ...known, name));
    }
  return records;
}

export function flattened_feeds(folder) {
  const records = [];
  for (const name of fs.readdirSync(folder).sort()) {
    const oval = /^oval-flat-(.*)\.jsonl(\.gz)?$/.exec(name);
    if (oval) records.push(...flat_oval(path.join(folder, name), oval[1]));
    if (name.startsWith('trivy-fixture-db')) records.push(...trivy_records(path.join(folder, name)));
  }
  return records;
}

// Which ecosystems some loaded record speaks of, by CVE and by other names of it: what can be answered at all.
export function ecosystems_by_name(records, osv_files, names_only) {
  const known = new Map();
  const packages = new Map();
  const note = (name, ecosystem) => {
    if (!known.has(name)) known.set(name, new Set());
    known.get(name).add(ecosystem);
  };
  const take = (names, affected) => {
    for (const { ecosystem, name } of affected) {
      for (const one of names) note(one, ecosystem);
      if (!packages.has(ecosystem)) packages.set(ecosystem, new Set());
      packages.get(ecosystem).add(name);
    }
  };
  for (const record of records)
    take([...record.cves, ...record.aliases], record.affected.map((it) => it.subject.package));
  for (const file of osv_files)
    for (const record of lines(file))
      take(names_only ? [] : [record.id, ...(record.aliases ?? []), ...(record.upstream ?? [])], (record.affected ?? []).map((it) => it.package).filter(Boolean));
  return { known, packages };
}
