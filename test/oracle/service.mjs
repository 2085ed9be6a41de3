// Microsoft's language service over Merlon's own hunting schema. It parses and binds, it does not run anything.
// The generated constructor names ($ctor7 ...) stand in this file only.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

globalThis.global = globalThis;
const require = createRequire(import.meta.url);
require('@kusto/language-service-next/bridge.min');
require('@kusto/language-service-next/Kusto.Language.Bridge.min');
const { KustoCode, GlobalState, Symbols } = globalThis.Kusto.Language;
const list = (l) => (Array.isArray(l) ? l : globalThis.System.Linq.Enumerable.from(l).ToArray());

// The functions that the service adds for hunting; their bodies only say which columns come out.
const file_profile = ['SHA1:string', 'SHA256:string', 'MD5:string', 'FileSize:long', 'GlobalPrevalence:int',
  'GlobalFirstSeen:datetime', 'GlobalLastSeen:datetime', 'Signer:string', 'Issuer:string', 'SignerHash:string',
  'IsCertificateValid:bool', 'IsRootSignerMicrosoft:bool', 'SignatureState:string', 'IsExecutable:bool',
  'ThreatName:string', 'Publisher:string', 'SoftwareName:string', 'ProfileAvailability:string'];
const empty = { string: "''", int: 'int(null)', long: 'long(null)', datetime: 'datetime(null)', bool: 'bool(null)' };
const profile = file_profile.map((c) => c.split(':')).map(([n, t]) => `${n}=${empty[t]}`).join(', ');
const hunting_functions = [
  ['FileProfile', "(T:(*), Hash:string='SHA1', Limit:long=100)", `{ T | extend ${profile} }`],
  ['DeviceFromIP', '(T:(IP:string), At:datetime=datetime(null))', "{ T | distinct IP | extend DeviceId='' }"],
  ['SeenBy', '(T:(DeviceId:string))', "{ T | extend SeenBy='' }"],
  ['AssignedIPAddresses', '(Device:string, At:datetime=datetime(null))',
    "{ print Timestamp=now(), IPAddress='', IPType='', NetworkAdapterType='', ConnectedNetworks='' }"],
];

export function read_tables(folder) {
  return readdirSync(folder).filter((f) => f.endsWith('.json')).map((f) => JSON.parse(readFileSync(join(folder, f), 'utf8')));
}

// tables: [{name, aliases?, columns: [{name, type, aliases?}]}]. Retired table names are tables of the same shape.
export function make_service(tables) {
  const plain = make_globals(tables, false), two_names = make_globals(tables, true);
  return {
    // {columns: [{name, type}]} or {error: {code, message, start, end}, errors: [...]}; columns null: not known.
    judge(query) {
      const code = KustoCode.ParseAndAnalyze(query, /\bTimeGenerated\b/.test(query) ? two_names : plain);
      const errors = list(code.GetDiagnostics())
        .filter((d) => d.Severity === 'Error')
        .map((d) => ({ code: d.Code, message: d.Message, start: d.Start, end: d.Start + Math.max(1, d.Length) }))
        .sort((a, b) => a.start - b.start);
      if (errors.length) return { error: errors[0], errors };
      const columns = code.ResultType?.Columns;
      return { columns: columns ? list(columns).map((c) => ({ name: c.Name, type: c.Type.Name })) : null };
    },
  };
}

// `two_names`: Timestamp can be read as TimeGenerated too; for the service that is a column of its own.
function make_globals(tables, two_names) {
  const symbols = [];
  const declare = (name, columns) => symbols.push(
    new Symbols.TableSymbol.$ctor7(name, '(' + columns.map((c) => `['${c.name}']:${c.type}`).join(',') + ')', null));
  for (const table of tables) {
    const columns = [...table.columns];
    if (two_names && columns.some((c) => c.name === 'Timestamp')) columns.push({ name: 'TimeGenerated', type: 'datetime' });
    for (const name of [table.name, ...(table.aliases ?? [])]) declare(name, columns);
  }
  for (const [name, parameters, body] of hunting_functions)
    symbols.push(new Symbols.FunctionSymbol.$ctor16(name, parameters, body, null));
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('Merlon', symbols));
}
