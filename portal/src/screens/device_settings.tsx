// The results of configuration checks on one device, as its page shows them now and of a past day.
import type { MachineConfiguration } from '../api/kinds';
import { any, oneOf } from '../api/odata';
import { kqlAny, kqlOneOf } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { points } from '../ui/words';
import { categoryWords } from './configuration';

export const settingColumns: Column<MachineConfiguration>[] = [
  { key: 'name', title: 'Check', sort: 'configurationName', text: (r) => r.configurationName },
  { key: 'result', title: 'Result', width: 150, slim: 124, sort: 'isCompliant', text: (r) => resultWords(r), show: (r) => <span className={`result ${r.isApplicable ? (r.isCompliant ? 'good' : 'bad') : 'quiet'}`}>{resultWords(r)}</span> },
  { key: 'category', title: 'Category', width: 150, sort: 'configurationCategory', text: (r) => categoryWords(r.configurationCategory) },
  { key: 'sub', title: 'Subcategory', width: 170, wide: true, sort: 'configurationSubcategory', text: (r) => r.configurationSubcategory },
  { key: 'weight', title: 'Weight', width: 90, numeric: true, sort: 'configurationImpact', text: (r) => r.configurationImpact, show: (r) => points(r.configurationImpact) },
  { key: 'read', title: 'As read', width: 280, text: (r) => contextWords(r), show: (r) => <span className="mono" title={contextWords(r)}>{shortly(r)}</span> },
];
const resultWords = (r: MachineConfiguration) => (!r.isApplicable ? 'Not applicable' : r.isCompliant ? 'Compliant' : 'Not compliant');
// The last word of each key: what comes before is the same for most.
const shortly = (r: MachineConfiguration) => (r.context ?? []).map(([key, value]) => `${key.split(/[\\.]/).at(-1)} = ${value ?? 'not set'}`).join('; ');
const contextWords = (r: MachineConfiguration) => (r.context ?? []).map(([key, value]) => `${key} = ${value ?? 'not set'}`).join('; ');
const results: Record<string, string> = { bad: 'isApplicable eq true and isCompliant eq false', good: 'isApplicable eq true and isCompliant eq true', none: 'isApplicable eq false' };
const resultsInKql: Record<string, string> = { bad: '(IsApplicable and not(IsCompliant))', good: '(IsApplicable and IsCompliant)', none: 'not(IsApplicable)' };
export const settingFilters: Filter[] = [
  { key: 'result', title: 'Result', kql: (values) => kqlAny(values, resultsInKql), odata: (values) => any(...values.map((value) => results[value] ?? 'false')),
    options: [{ value: 'bad', label: 'Not compliant' }, { value: 'good', label: 'Compliant' }, { value: 'none', label: 'Not applicable' }] },
  { key: 'category', title: 'Category', options: ['Application', 'OS', 'Network', 'Accounts', 'SecurityControls'].map((value) => ({ value, label: categoryWords(value) })), odata: (values) => oneOf('configurationCategory', values), kql: (values) => kqlOneOf('ConfigurationCategory', values) },
];
