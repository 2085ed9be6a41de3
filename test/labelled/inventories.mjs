// The labelled cases as inventories in Merlon's own form, one device a case.

const windows_sources = { win: 'programs', deb: 'deb', rpm: 'rpm', pkg: 'apps', pacman: 'pacman', snap: 'snap', pypi: 'pypi', npm: 'npm', macports: 'homebrew', brew: 'homebrew', apk: 'apk' };
const osquery_sources = { python_packages: 'pypi', npm_packages: 'npm', deb_packages: 'deb', rpm_packages: 'rpm', homebrew_packages: 'homebrew' };

const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined && value !== null && value !== ''));
const device = (id, os, software, more = {}) => ({ merlon_report: 1, identifier: id, name: id, os: clean(os), software: software.map(clean), ...more });

// ---- each set: its cases as {id, report, expect, reject, leave_out, complete} --------------------------------------

export function linux_host(set, packages) {
  const [family, release] = set.os.split('_');
  const os = family === 'ubuntu' ? { distribution: 'ubuntu', version: `${release.slice(0, 2)}.${release.slice(2)}`, kernel: '' }
                                 : { distribution: 'rhel', version: String(Number(release)) };
  const ecosystem = [...packages.keys()].find((name) => name.startsWith(`Ubuntu:${os.version}`));
  const software = set.software.map((item) => {
    if (family === 'rhel') return { source: item.release ? 'rpm' : 'generic', name: item.name, version: item.release ? `${item.version}-${item.release}` : item.version, architecture: item.arch };
    // dpkg and the add-ons of programs come in one list here.
    const known = packages.get(ecosystem)?.has(item.name) || /-|ubuntu|build|dfsg/.test(item.version);
    return { source: known && !/\s/.test(item.name) ? 'deb' : 'generic', name: item.name, version: item.version };
  });
  return { id: set.id, report: device(set.id, os, software), expect: set.expect_cves, reject: [], leave_out: set.ambiguous_cves ?? [] };
}

function wazuh_os(os) {
  const name = os.name ?? '';
  if (/windows/i.test(name))
    return { distribution: 'windows', version: os.version ?? '', name, edition: name.replace(/^Microsoft Windows( Server)? ?\S* ?/, '') || undefined, architecture: os.architecture };
  if (/macos|darwin/i.test(name + (os.platform ?? ''))) return { distribution: 'macos', version: os.version, name };
  const distribution = { debian: 'debian', ubuntu: 'ubuntu', sles: 'sles', centos: 'centos', rhel: 'rhel', arch: 'arch', fedora: 'fedora', amzn: 'amzn', 'opensuse-leap': 'opensuse-leap', 'opensuse-tumbleweed': 'opensuse-tumbleweed', rocky: 'rocky', almalinux: 'almalinux', ol: 'ol' }[os.platform] ?? os.platform;
  let version = os.major_version ?? '';
  if (distribution === 'ubuntu') version = `${os.major_version}.${os.minor_version ?? '04'}`;
  if (distribution === 'sles') version = (os.version ?? '').replace('-SP', '.');
  return { distribution, version, name, kernel: os.kernel_release };
}

export function wazuh(set) {
  const os = wazuh_os(set.os);
  const software = set.software.map((item) => {
    const windows = os.distribution === 'windows' && item.format !== 'pypi' && item.format !== 'npm';
    const source = windows ? 'programs' : (windows_sources[item.format] ?? 'generic');
    // "source" is the Source field of dpkg, or the section of a macOS package; some cases carry another package's.
    const source_name = source === 'deb' && item.source && !item.source.includes(' ') ? item.source : undefined;
    return { source, name: item.name, vendor: item.vendor, version: item.version, architecture: item.architecture, source_name };
  });
  return {
    id: set.id, report: device(set.id, os, software, { hotfixes: set.hotfixes.map((it) => it.hotfix ?? it).filter((it) => typeof it === 'string') }),
    expect: set.expect_cves, reject: set.reject_cves, leave_out: set.no_feed,
  };
}

export function cpe_case(set) {
  const target = set.software.target_sw;
  const os = target === 'macos' ? { distribution: 'macos', version: '' } : target === 'windows' ? { distribution: 'windows', version: '' } : {};
  return {
    id: set.id, report: device(set.id, os, [{ source: 'cpe', name: set.software.name, vendor: set.software.vendor, version: set.software.version, cpe: set.software.cpe }]),
    expect: set.expect_cves, reject: set.reject_cves, leave_out: set.no_feed ?? [], complete: set.complete, fixed_in: set.fixed_in,
  };
}

export function windows_build(set) {
  const name = set.os.name;
  return {
    id: set.id, report: device(set.id, { distribution: 'windows', name, version: set.os.version, edition: /Server/.test(name) ? 'Server' : '' }, []),
    expect: set.expect_cves, reject: set.reject_cves, leave_out: [],
  };
}

export function trivy_case(set) {
  const { name, version, purl, type } = set.software;
  const family = { redhat: 'rhel', amazon: 'amzn', oracle: 'ol', 'opensuse-leap': 'opensuse-leap', suse: 'sles' }[set.os.Family] ?? set.os.Family;
  const package_type = purl.slice(4, purl.indexOf('/'));
  const release = (set.os.Name ?? '').replace(/^AMI release 2018.*/, '1');
  const os = family ? { distribution: family, version: release } : {};
  const source = { deb: 'deb', rpm: 'rpm', apk: 'apk' }[package_type] ?? package_type;
  const plain_purl = decodeURIComponent(purl.replace(/\?.*/, ''));
  return {
    id: set.id, report: device(set.id, os, [{ source, name, version, purl: ['deb', 'rpm', 'apk'].includes(source) ? undefined : plain_purl, source_name: trivy_source[name] }]),
    expect: set.expect_cves, reject: set.reject_cves ?? [], leave_out: [], fixed_in: set.fixed_in, package_type: type,
  };
}
// The set gives binary names; the source packages of these are those of the distributions' own indexes.
const trivy_source = { 'libssl1.1': 'openssl', 'libcrypto1.1': 'openssl', 'libidn2-0': 'libidn2', e2fslibs: 'e2fsprogs', libss2: 'e2fsprogs' };

// ---- container images: package names and versions only ------------------------------------------------------------

const marks = [
  [/\.amzn2023/, 'amzn:2023', 'rpm'], [/\.amzn2/, 'amzn:2', 'rpm'], [/\.amzn1/, 'amzn:1', 'rpm'], [/\.cm2\b/, 'mariner:2.0', 'rpm'],
  [/\.el9|\+el9/, 'rhel:9', 'rpm'], [/\.el8|\+el8/, 'rhel:8', 'rpm'], [/\.el7/, 'rhel:7', 'rpm'], [/\.el6/, 'rhel:6', 'rpm'],
  [/deb12u/, 'debian:12', 'deb'], [/deb11u/, 'debian:11', 'deb'], [/deb10u/, 'debian:10', 'deb'], [/deb9u/, 'debian:9', 'deb'],
  [/-r[0-9]+$/, 'alpine:', 'apk'], [/ubuntu/, 'ubuntu:', 'deb'],
];
// Known versions of the base packages tell the release where no version carries a mark of its own.
const by_package = {
  'apt 1.8.2': 'debian:10', 'apt 2.2.4': 'debian:11', 'apt 2.6.1': 'debian:12', 'libc6 2.23': 'ubuntu:16.04', 'libc6 2.27': 'ubuntu:18.04',
  'libc6 2.31-0ubuntu': 'ubuntu:20.04', 'libc6 2.33': 'ubuntu:21.04', 'libc6 2.34-0ubuntu': 'ubuntu:21.10', 'libc6 2.35': 'ubuntu:22.04',
  'libc6 2.36-0ubuntu': 'ubuntu:22.10', 'libc6 2.32-0ubuntu': 'ubuntu:20.10', 'libc6 2.28-0ubuntu': 'ubuntu:18.10', 'libc6 2.24-3ubuntu': 'ubuntu:16.10',
  'libc6 2.21-0ubuntu': 'ubuntu:15.04', 'libc6 2.31-13': 'debian:11', 'libc-bin 2.31-13': 'debian:11', 'libc6 2.28-10': 'debian:10',
  'libc-bin 2.31-0ubuntu': 'ubuntu:20.04', 'bash 5.0-6ubuntu1': 'ubuntu:20.04', 'coreutils 8.30-3ubuntu2': 'ubuntu:20.04', 'bash 4.2-2ubuntu2': 'ubuntu:12.04',
};
const images = { almalinux: 'almalinux:', rockylinux: 'rocky:', 'suse/sle15': 'sles:15', sles12: 'sles:12.4', 'cbl-mariner': 'mariner:2.0', chainguard: 'wolfi:', centos: 'centos:' };

export function release_of_image(image, packages) {
  const votes = new Map();
  const vote = (release) => votes.set(release, (votes.get(release) ?? 0) + 1);
  let format = '';
  for (const { name, version } of packages) {
    for (const [start, release] of Object.entries(by_package)) if (`${name} ${version}`.startsWith(start)) { vote(release); vote(release); format = 'deb'; }
    for (const [mark, release, kind] of marks) if (mark.test(version)) { if (!release.endsWith(':')) vote(release); format ||= kind; break; }
  }
  let release = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
  for (const [word, name] of Object.entries(images))
    if (image.includes(word)) release = name.endsWith(':') ? name + release.replace(/^.*:/, '') : name;
  if (release.startsWith('wolfi') || /^sles|^mariner/.test(release)) format = release.startsWith('wolfi') ? 'apk' : 'rpm';
  return { release, format };
}

const is_package_version = {
  rpm: (version) => /-[0-9][^-]*\.(el|amzn|cm)[0-9]|-[0-9.]+\.[0-9]+$|\.module\+el|-[0-9]+\.el/.test(version),
  deb: (version) => /[-+~](deb|ubuntu|[0-9])|ubuntu|build|^[0-9]+:/.test(version),
  apk: (version) => /-r[0-9]+$/.test(version),
};
const language_of = { maven: 'Maven', npm: 'npm', pypi: 'PyPI', gem: 'RubyGems', golang: 'Go' };

// Binaries that the labels list by their own name.
const programs = new Set(['go', 'busybox', 'python', 'node', 'java', 'redis', 'httpd', 'postgresql', 'Python', 'Apache Spark', 'perl']);

export function container_cases(sets, packages) {
  const by_image = new Map();
  for (const set of sets) (by_image.get(set.image) ?? by_image.set(set.image, []).get(set.image)).push(set);
  const artifacts = new Map();
  for (const name of packages.get('Maven') ?? []) {
    const artifact = name.slice(name.indexOf(':') + 1);
    artifacts.set(artifact, [...(artifacts.get(artifact) ?? []), name]);
  }
  const ecosystems_of = (name) => [...(artifacts.has(name) ? ['maven'] : []), ...Object.entries(language_of).filter(([, ecosystem]) => packages.get(ecosystem)?.has(name)).map(([source]) => source)];
  const cases = [];
  for (const [image, group] of by_image) {
    const { release, format } = release_of_image(image, group.map((set) => set.software));
    const [distribution, version] = release.split(':');
    const of_system = (installed) => format && is_package_version[format](installed);
    // What no package database lists is of the language that most of the image's other packages are of.
    const votes = new Map();
    for (const { software } of group) {
      const known = of_system(software.version) || software.name.includes('/') ? [] : ecosystems_of(software.name);
      if (known.length === 1) votes.set(known[0], (votes.get(known[0]) ?? 0) + 1);
    }
    const usual = [...votes].sort((a, b) => b[1] - a[1])[0]?.[0];
    for (const set of group) {
      const { name, version: installed } = set.software;
      const item = { name, version: installed };
      if (/^[a-z0-9-]+(\.[a-z0-9-]+)+\//.test(name)) item.source = 'golang';
      else if (of_system(installed)) item.source = format;
      else {
        const known = ecosystems_of(name);
        item.source = known.includes(usual) || (known.length === 0 && /^[a-z0-9_.-]+$/.test(name)) ? (usual ?? 'generic') : known.length === 1 ? known[0] : (known[0] ?? 'generic');
        if (known.length === 0 && programs.has(name)) item.source = 'generic';
        if (item.source === 'maven' && artifacts.has(name)) item.name = artifacts.get(name)[0];
      }
      cases.push({
        id: set.id, report: device(set.id, distribution ? { distribution, version } : {}, [item]), expect: set.expect_cves, reject: set.reject_cves,
        leave_out: set.contradicted, source: item.source, name, release,
      });
    }
  }
  return cases;
}

// ---- identity -----------------------------------------------------------------------------------------------------

export function identity_case(set) {
  const s = set.software;
  const source = osquery_sources[s.source] ?? s.source;
  return {
    id: set.id, expect: set.expect_vendor ? `${set.expect_vendor}:${set.expect_product}` : '',
    item: clean({ source, name: s.name, vendor: s.vendor, version: s.version, bundle_id: s.bundle_identifier ?? s.bundleidentifier }),
    version: /^cpe:2\.3:.:[^:]*:(?:\\:|[^:])*:([^:]*)/.exec(set.expect_cpe ?? '')?.[1]?.replace(/\\/g, ''),
  };
}
