// What changed between a day and now: software, vulnerabilities and configuration of each device, or of one.
import { useMemo } from 'react';
import { Field, Input, Select } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { get } from '../api/client';
import { address, any, contains, oneOf, quote, type Page } from '../api/odata';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { kqlText } from '../app/hunting';
import { useSession } from '../app/session';
import { Bones } from '../ui/states';
import { productId, productName, time } from '../ui/words';

interface Change { id: string; change?: string; machineId: string; computerDnsName: string; vendor?: string; productName?: string; version?: string; cveId?: string; configurationName?: string; before?: string; after?: string }

const device: Column<Change> = { key: 'device', title: 'Device', width: 240, sort: 'computerDnsName', text: (r) => r.computerDnsName, show: (r) => <Link to={`/devices/${r.machineId}`}>{r.computerDnsName}</Link> };
const change: Column<Change> = { key: 'change', title: 'Change', width: 110, sort: 'change', text: (r) => r.change, show: (r) => <span className={`change change-${r.change?.toLowerCase()}`}>{r.change}</span> };
const softwareWords = (r: Change) => `${productName(r.vendor ?? '', r.productName ?? '')} ${r.version ?? ''}`;
const software: Column<Change> = { key: 'software', title: 'Software', sort: 'productName', text: (r) => softwareWords(r), show: (r) => <Link to={`/software/${encodeURIComponent(productId(r.vendor ?? '', r.productName ?? ''))}`}>{softwareWords(r)}</Link> };
const kinds: Record<string, { title: string; columns: Column<Change>[]; search: string[]; table: string; permission: string }> = {
  software: { title: 'Software', columns: [change, software, device], search: ['productName', 'computerDnsName'], table: 'DeviceTvmSoftwareInventory', permission: 'Software.Read.All' },
  vulnerabilities: { title: 'Vulnerabilities', columns: [change, { key: 'cve', title: 'CVE', width: 170, sort: 'cveId', text: (r) => r.cveId, show: (r) => <Link to={`/weaknesses?open=${r.cveId}`}>{r.cveId}</Link> }, software, device], search: ['cveId', 'productName', 'computerDnsName'], table: 'DeviceTvmSoftwareVulnerabilities', permission: 'Vulnerability.Read.All' },
  configurations: { title: 'Configuration', columns: [{ key: 'check', title: 'Check', sort: 'configurationName', text: (r) => r.configurationName }, { key: 'before', title: 'Before', width: 150, sort: 'before', text: (r) => r.before }, { key: 'after', title: 'After', width: 150, sort: 'after', text: (r) => r.after }, device], search: ['configurationName', 'computerDnsName'], table: 'DeviceTvmSecureConfigurationAssessment', permission: 'Vulnerability.Read.All' },
};
const added: Filter[] = [{ key: 'change', title: 'Change', options: [{ value: 'Added', label: 'Added' }, { value: 'Removed', label: 'Removed' }], odata: (values) => oneOf('change', values) }];
const none: Filter[] = [];
const dayBefore = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

// When the first publication was: compared with what was before it, everything there is would be new. A second later, since times
// are told to the second.
function useBegin(): { waits: boolean; unbegun: boolean; begin?: string } {
  const { may } = useSession();
  const enabled = may('Vulnerability.Read.All');
  const asked = useQuery({ queryKey: ['the watch began'], enabled, queryFn: ({ signal }) => get<Page<{ time: string }>>(address('/api/events', { filter: "type eq 'Baseline'", orderby: 'time', top: 1 }), signal) });
  const first = asked.data?.value[0];
  return { waits: enabled && asked.isPending, unbegun: asked.data !== undefined && !first, begin: first && new Date(Date.parse(first.time) + 1000).toISOString() };
}

export function Changes({ machine }: { machine?: string }) {
  const [params, setParams] = useSearchParams();
  const { may } = useSession();
  const readable = Object.keys(kinds).filter((key) => may(kinds[key]!.permission));
  const kind = readable.includes(params.get('of') ?? '') ? params.get('of')! : readable[0] ?? 'software';
  const day = params.get('from') ?? dayBefore(7);
  const { waits, unbegun, begin } = useBegin();
  const young = begin !== undefined && day < begin;
  const from = young ? begin : day;
  const now = useMemo(() => new Date().toISOString().slice(0, 19) + 'Z', []);
  // Another kind begins with nothing chosen; another day keeps search, filters and sort.
  const put = (name: 'of' | 'from', value: string) => setParams((before) => {
    const next = name === 'of' ? new URLSearchParams({ tab: before.get('tab') ?? 'changes', from: day }) : new URLSearchParams(before);
    next.set(name, value);
    return next;
  }, { replace: true });
  const { columns, search, table } = kinds[kind]!;
  const shown = useMemo(() => (machine ? columns.filter(({ key }) => key !== 'device') : columns), [columns, machine]);
  return (
    <>
      <div className="inline">
        <Field label="Of"><Select value={kind} onChange={(_, { value }) => put('of', value)}>{readable.map((key) => <option key={key} value={key}>{kinds[key]!.title}</option>)}</Select></Field>
        <Field label="Since"><Input type="date" value={from.slice(0, 10)} min={begin?.slice(0, 10)} max={dayBefore(0)} onChange={(_, { value }) => value && put('from', value)} /></Field>
      </div>
      {young && <p className="quiet">The watch began on {time(begin)}: what was there then counts as known, and changes are told from then on.</p>}
      {waits ? <Bones lines={8} /> : <List<Change> key={kind} name={`${machine ? 'device-' : ''}changes-${kind}`} source={`/api/merlon/changes/${kind}?from=${encodeURIComponent(from)}&to=${encodeURIComponent(now)}`} columns={shown} fixed={machine && `machineId eq ${quote(machine)}`} filters={kind === 'configurations' ? none : added} rowKey={(r) => r.id} rowName={(r) => r.computerDnsName}
        search={{ hint: 'Search changes', odata: (text) => any(...search.map((field) => contains(field, text.trim()))) }}
        hunting={() => `// What changed is not in hunting; this is what there is now.\n${table}${machine ? `\n| where DeviceId == ${kqlText(machine)}` : ''}`}
        empty={{ title: 'Nothing changed', text: unbegun ? 'Nothing has been published yet: changes are told from the first inventory on. merlon collect and merlon import bring one.' : young ? `Since the watch began nothing of this kind changed on ${machine ? 'this' : 'any'} device. What the next reports bring or take away stands here.` : `Between that day and now nothing of this kind changed on ${machine ? 'this' : 'any'} device. Choose an earlier day.` }} />}
    </>
  );
}
