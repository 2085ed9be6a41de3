import { any, contains } from '../api/odata';
import { kqlHas, kqlText } from '../app/hunting';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { number, person, time } from '../ui/words';

interface AuditEvent { number: number; time: string; who: string; address: string; action: string; object: string; outcome: string; detail: string }

const columns: Column<AuditEvent>[] = [
  { key: 'time', title: 'Time', width: 226, sort: 'time', text: (r) => r.time, show: (r) => time(r.time) },
  { key: 'who', title: 'Who', width: 140, sort: 'who', text: (r) => r.who, show: (r) => person(r.who) },
  { key: 'action', title: 'Action', width: 250, slim: 230, sort: 'action', text: (r) => r.action },
  { key: 'object', title: 'Object', sort: 'object', text: (r) => r.object },
  { key: 'outcome', title: 'Outcome', width: 120, sort: 'outcome', text: (r) => r.outcome, show: (r) => <span className={r.outcome === 'denied' || r.outcome.startsWith('failed') ? 'bad' : undefined}>{r.outcome[0]!.toUpperCase() + r.outcome.slice(1)}</span> },
  { key: 'address', title: 'Address', width: 130, wide: true, sort: 'address', text: (r) => r.address },
  { key: 'detail', title: 'Detail', width: 240, optional: true, text: (r) => r.detail, show: (r) => <span className="mono" title={r.detail}>{r.detail}</span> },
  { key: 'number', title: 'Line', width: 80, numeric: true, optional: true, sort: 'number', text: (r) => r.number, show: (r) => number(r.number) },
];
const filters: Filter[] = [
  { key: 'outcome', title: 'Outcome', options: [{ value: 'admitted', label: 'Admitted' }, { value: 'denied', label: 'Denied' }, { value: 'failed', label: 'Failed' }], odata: (values) => any(...values.map((value) => `startswith(outcome,'${value.replaceAll("'", '')}')`)) },
];

export function Audit() {
  return (
    <List<AuditEvent> name="audit" source="/api/merlon/auditEvents" columns={columns} filters={filters} order="number desc"
      search={{ hint: 'Search who, action, object', odata: (text) => any(contains('who', text), contains('action', text), contains('object', text)) }}
      hunting={({ q, filters: chosen }) => `MerlonAuditEvents${chosen.outcome ? `\n| where ${chosen.outcome.map((outcome) => `Outcome startswith ${kqlText(outcome)}`).join(' or ')}` : ''}${kqlHas(q, 'AccountName', 'ActionType', 'ObjectName')}\n| order by EventNumber desc`}
      rowKey={(r) => String(r.number)} rowName={(r) => `line ${r.number}`}
      empty={{ title: 'Nothing yet', text: <>Writes, queries, sign-ins and refusals are written here. <code>merlon audit verify</code> checks that nothing was changed.</> }} />
  );
}
