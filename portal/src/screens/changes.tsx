// What changed between a day and now: software, vulnerabilities and configuration of each device, or of one.
import { useMemo } from 'react';
import { Field, Input, Select } from '@fluentui/react-components';
import { Link, useSearchParams } from 'react-router';
import { any, contains, oneOf, quote } from '../api/odata';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { kqlText } from '../app/hunting';
import { productName } from '../ui/words';

interface Change { id: string; change?: string; machineId: string; computerDnsName: string; vendor?: string; productName?: string; version?: string; cveId?: string; configurationName?: string; before?: string; after?: string }

const device: Column<Change> = { key: 'device', title: 'Device', width: 240, sort: 'computerDnsName', text: (r) => r.computerDnsName, show: (r) => <Link to={`/devices/${r.machineId}`}>{r.computerDnsName}</Link> };
const change: Column<Change> = { key: 'change', title: 'Change', width: 110, sort: 'change', text: (r) => r.change, show: (r) => <span className={`change change-${r.change?.toLowerCase()}`}>{r.change}</span> };
const software: Column<Change> = { key: 'software', title: 'Software', sort: 'productName', text: (r) => `${productName(r.vendor ?? '', r.productName ?? '')} ${r.version ?? ''}` };
const kinds: Record<string, { title: string; columns: Column<Change>[]; search: string[]; table: string }> = {
  software: { title: 'Software', columns: [change, software, device], search: ['productName', 'computerDnsName'], table: 'DeviceTvmSoftwareInventory' },
  vulnerabilities: { title: 'Vulnerabilities', columns: [change, { key: 'cve', title: 'CVE', width: 170, sort: 'cveId', text: (r) => r.cveId, show: (r) => <Link to={`/weaknesses?open=${r.cveId}`}>{r.cveId}</Link> }, software, device], search: ['cveId', 'productName', 'computerDnsName'], table: 'DeviceTvmSoftwareVulnerabilities' },
  configurations: { title: 'Configuration', columns: [{ key: 'check', title: 'Check', sort: 'configurationName', text: (r) => r.configurationName }, { key: 'before', title: 'Before', width: 150, sort: 'before', text: (r) => r.before }, { key: 'after', title: 'After', width: 150, sort: 'after', text: (r) => r.after }, device], search: ['configurationName', 'computerDnsName'], table: 'DeviceTvmSecureConfigurationAssessment' },
};
const added: Filter[] = [{ key: 'change', title: 'Change', options: [{ value: 'Added', label: 'Added' }, { value: 'Removed', label: 'Removed' }], odata: (values) => oneOf('change', values) }];
const none: Filter[] = [];
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

export function Changes({ machine }: { machine?: string }) {
  const [params, setParams] = useSearchParams();
  const kind = kinds[params.get('of') ?? ''] ? params.get('of')! : 'software';
  const from = params.get('from') ?? dayBefore(7);
  const now = useMemo(() => new Date().toISOString().slice(0, 19) + 'Z', []);
  // Another kind begins with nothing chosen; another day keeps search, filters and sort.
  const put = (name: 'of' | 'from', value: string) => setParams((before) => {
    const next = name === 'of' ? new URLSearchParams({ tab: before.get('tab') ?? 'changes', from }) : new URLSearchParams(before);
    next.set(name, value);
    return next;
  }, { replace: true });
  const { columns, search, table } = kinds[kind]!;
  const shown = useMemo(() => (machine ? columns.filter(({ key }) => key !== 'device') : columns), [columns, machine]);
  return (
    <>
      <div className="inline">
        <Field label="Of"><Select value={kind} onChange={(_, { value }) => put('of', value)}>{Object.entries(kinds).map(([key, { title }]) => <option key={key} value={key}>{title}</option>)}</Select></Field>
        <Field label="Since"><Input type="date" value={from} max={dayBefore(0)} onChange={(_, { value }) => value && put('from', value)} /></Field>
      </div>
      <List<Change> key={kind} name={`${machine ? 'device-' : ''}changes-${kind}`} source={`/api/merlon/changes/${kind}?from=${from}&to=${encodeURIComponent(now)}`} columns={shown} fixed={machine && `machineId eq ${quote(machine)}`} filters={kind === 'configurations' ? none : added} rowKey={(r) => r.id} rowName={(r) => r.computerDnsName}
        search={{ hint: 'Search changes', odata: (text) => any(...search.map((field) => contains(field, text.trim()))) }}
        hunting={() => `// What changed is not in hunting; this is what there is now.\n${table}${machine ? `\n| where DeviceId == ${kqlText(machine)}` : ''}`}
        empty={{ title: 'Nothing changed', text: `Between that day and now nothing of this kind changed on ${machine ? 'this' : 'any'} device.` }} />
    </>
  );
}
