// The supply chain (docs/security-tests.md, S43): what is fetched is pinned by content, and nothing that is fetched runs while it
// is installed. Reads the sources of this tree; usage: node supply.mjs. Prints FAILED lines and closes with "passed failed".
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

let passed = 0, failed = 0;
function expect(what, condition, detail = '') {
  if (condition) ++passed;
  else { ++failed; console.log(`FAILED: ${what} ${String(detail).slice(0, 300)}`); }
}
const left_out = new Set(['node_modules', 'build', '.git']);
function* files(folder) {
  for (const entry of readdirSync(folder, {withFileTypes: true})) {
    if (left_out.has(entry.name)) continue;
    if (entry.isDirectory()) yield* files(join(folder, entry.name));
    else if (entry.isFile()) yield join(folder, entry.name);
  }
}
const all = [...files('.')];
const manifests = all.filter((file) => file.endsWith('package.json'));
expect('there are packages to look at', manifests.length >= 3, manifests);
for (const file of manifests) {
  const about = JSON.parse(readFileSync(file));
  const wanted = {...about.dependencies, ...about.devDependencies, ...about.optionalDependencies};
  for (const [name, version] of Object.entries(wanted)) expect(`${file}: ${name} is one version`, /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version), version);
  for (const hook of ['preinstall', 'install', 'postinstall', 'prepare']) expect(`${file} runs nothing when it is installed`, !about.scripts?.[hook], hook);
  let lock;
  try { lock = JSON.parse(readFileSync(join(dirname(file), 'package-lock.json'))); } catch (problem) { expect(`${file} has a lock file`, false, problem); continue; }
  expect(`${file}: the lock is of these packages`, lock.lockfileVersion === 3 && JSON.stringify({...lock.packages[''].dependencies, ...lock.packages[''].devDependencies}) === JSON.stringify(wanted));
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  for (const [path, one] of packages) {
    // What comes inside another package's archive is pinned with it.
    const bundled = one.inBundle && packages.some(([outer, parent]) => path.startsWith(`${outer}/node_modules/`) && parent.integrity);
    expect(`${file}: ${path} is pinned by its content`, /^sha512-[\w+/]{86}==$/.test(one.integrity ?? '') || bundled, one.integrity);
    expect(`${file}: ${path} comes from where packages come from`, !one.link && !/^(git|http:|file:)/.test(one.resolved ?? ''), one.resolved);
  }
}
// Scripts of packages never run: every installation says so where it is called.
const callers = all.filter((file) => file.startsWith('test/suites/') || file.startsWith('bench/') || ['dev', '.ci/run', 'test/run'].includes(file));
let calls = 0;
for (const file of callers)
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const command = line.replace(/#.*/, '').match(/\bnpm\b[^;&|]*\s(ci|install|i|add|exec|rebuild)\b[^;&|]*/);
    if (!command || /^\s*(skip|say)\b/.test(line) || /apt/.test(line)) continue;
    ++calls;
    expect(`${file} installs what is locked and runs none of it`, command[1] === 'ci' && command[0].includes('--ignore-scripts'), line.trim());
  }
expect('the installations are found', calls >= 5, calls);
console.log(`${passed} ${failed}`);
