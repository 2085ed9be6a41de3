// Holds documents against what is published of their form. usage: node check.mjs (cyclonedx|sarif|openvex) FILE...
//   cyclonedx   the JSON schema of CycloneDX 1.6
//   sarif       SARIF 2.1.0 as TypeScript types: unknown and missing members, wrong words and wrong types are errors
// Prints what is wrong; exits with 1 when anything is.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRequire } from 'node:module';

const [form, ...files] = process.argv.slice(2);
const require = createRequire(import.meta.url);
let wrong = 0;
const complain = (file, text) => { ++wrong; console.log(`${path.basename(file)}: ${text}`); };

async function cyclonedx() {
  const { default: Ajv } = await import('ajv');
  const { default: formats } = await import('ajv-formats');
  const folder = path.join(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), 'node_modules/@cyclonedx/cyclonedx-library/res/schema');
  const schema = (name) => JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats(ajv);
  ajv.addFormat('iri-reference', true);
  ajv.addFormat('idn-email', true);
  for (const name of ['jsf-0.82.SNAPSHOT.schema.json', 'spdx.SNAPSHOT.schema.json', 'cryptography-defs.SNAPSHOT.schema.json']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`);
  const validate = ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
  for (const file of files)
    if (!validate(JSON.parse(fs.readFileSync(file, 'utf8')))) for (const error of validate.errors.slice(0, 10)) complain(file, `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

function sarif() {
  const ts = require('typescript');
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'sarif-'));
  const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 };
  const types = require.resolve('@types/sarif/index.d.ts').replace(/\.d\.ts$/, '').replaceAll('\\', '/');
  for (const file of files) {
    const { $schema, ...log } = JSON.parse(fs.readFileSync(file, 'utf8'));
    if ($schema && !/sarif-schema-2\.1\.0|sarif-2\.1\.0/.test($schema)) complain(file, `unknown schema ${$schema}`);
    const source = path.join(work, `${path.basename(file)}.ts`);
    fs.writeFileSync(source, `import type { Log } from ${JSON.stringify(types)};\nexport const log: Log = ${JSON.stringify(log, null, 1)};\n`);
    for (const one of ts.getPreEmitDiagnostics(ts.createProgram([source], options)).slice(0, 10)) {
      const line = one.file ? `line ${one.file.getLineAndCharacterOfPosition(one.start ?? 0).line}: ` : '';
      complain(file, line + ts.flattenDiagnosticMessageText(one.messageText, ' '));
    }
    // What types cannot say: results name their rule by place and id.
    for (const run of log.runs ?? [])
      for (const result of run.results ?? []) {
        const rule = run.tool.driver.rules?.[result.ruleIndex];
        if (!rule || rule.id !== result.ruleId) complain(file, `a result of ${result.ruleId} points to rule ${rule?.id}`);
      }
  }
  fs.rmSync(work, { recursive: true });
}

// The rules of the JSON schema of OpenVEX 0.2.0 (github.com/openvex/spec), which no package carries.
function openvex() {
  const members = (file, where, value, needed, other) => {
    for (const name of needed) if (!(name in value)) complain(file, `${where}: ${name} is missing`);
    for (const name of Object.keys(value)) if (![...needed, ...other].includes(name)) complain(file, `${where}: ${name} is no member`);
  };
  const iri = (file, where, text) => { if (!/^[a-z][a-z0-9+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]+$/i.test(text)) complain(file, `${where}: ${text} is no IRI`); };
  const time = (file, where, text) => { if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) complain(file, `${where}: ${text} is no time`); };
  for (const file of files) {
    const all = JSON.parse(fs.readFileSync(file, 'utf8'));
    members(file, 'document', all, ['@context', '@id', 'author', 'timestamp', 'version', 'statements'], ['role', 'last_updated', 'tooling']);
    iri(file, '@context', all['@context']);
    iri(file, '@id', all['@id']);
    time(file, 'timestamp', all.timestamp);
    if (!Array.isArray(all.statements) || !all.statements.length || new Set(all.statements.map((one) => JSON.stringify(one))).size !== all.statements.length) complain(file, 'statements: none, or one twice');
    for (const [i, one] of (all.statements ?? []).entries()) {
      const where = `statements[${i}]`;
      members(file, where, one, ['vulnerability', 'status'], ['@id', 'version', 'timestamp', 'last_updated', 'products', 'supplier', 'status_notes', 'justification', 'impact_statement', 'action_statement', 'action_statement_timestamp']);
      members(file, `${where}.vulnerability`, one.vulnerability, ['name'], ['@id', 'description', 'aliases']);
      if (one.timestamp) time(file, `${where}.timestamp`, one.timestamp);
      for (const product of one.products ?? []) {
        members(file, `${where}.products`, product, [], ['@id', 'identifiers', 'hashes', 'subcomponents']);
        if (product.identifiers) members(file, `${where}.identifiers`, product.identifiers, [], ['purl', '@cpe22', '@cpe23']);
        if (product['@id']) iri(file, `${where}.products`, product['@id']);
      }
      if (!['not_affected', 'affected', 'fixed', 'under_investigation'].includes(one.status)) complain(file, `${where}: status ${one.status}`);
      if (one.status === 'not_affected' && ('justification' in one) === ('impact_statement' in one)) complain(file, `${where}: one of justification and impact_statement is wanted`);
      if (one.status === 'affected' && !one.action_statement) complain(file, `${where}: no action_statement`);
    }
  }
}

const forms = { cyclonedx, sarif, openvex };
if (!files.length || !forms[form]) { console.error('usage: node check.mjs (cyclonedx|sarif|openvex) FILE...'); process.exit(2); }
await forms[form]();
process.exit(wrong ? 1 : 0);
