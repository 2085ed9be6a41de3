// Remediation: what was asked for and how far it is, and the exceptions.
import { useState } from 'react';
import { Link } from 'react-router';
import { Button, Input, Menu, MenuItem, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Breach, Exception, MachineReference, RemediationDevice, RemediationTask } from '../api/kinds';
import { all, any, contains, hasAny, oneOf } from '../api/odata';
import { kqlHas, kqlIn, kqlText } from '../app/hunting';
import { useScope } from '../app/scope';
import { useMyTabs } from '../app/refused';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { SmallList } from '../list/small';
import { useOpen } from '../ui/address';
import { useAct } from '../ui/act';
import { Final } from '../ui/final';
import { InPlace } from '../ui/form';
import { Head } from '../ui/head';
import { Share, Threats, threatWords } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { Tabs } from '../ui/tabs';
import { ago, date, number, osWords, person, plural, productName, remediationTypes, remediationWords, time } from '../ui/words';
import { Corrections } from './corrections';
import { severityColumn } from './cve_columns';
import { cveJustifications, justifications, justificationWords } from './exception_form';
import { endOf } from './remediation_form';

const tabs = [
  { key: 'activities', title: 'Activities', permission: 'RemediationTasks.Read.All', Component: Activities },
  { key: 'exceptions', title: 'Exceptions', permission: 'Exception.Read.All', Component: AllExceptions },
  { key: 'corrections', title: 'Corrections', permission: 'Merlon.Corrections.Read.All', Component: Corrections },
  { key: 'late', title: 'Past their target', permission: 'RemediationTasks.Read.All', Component: Late },
];

export default function Remediation() {
  const { shown, at, go, tab, refused } = useMyTabs(tabs);
  return (
    <div className="page fills">
      <Head title="Remediation" text="What was asked for and how far it is. Devices tell by themselves: when all are fixed, the activity closes." />
      <Tabs label="Remediation" tabs={shown} at={at} go={go} />
      {refused ?? (tab && <tab.Component />)}
    </div>
  );
}

const statusColour = (task: RemediationTask) => (task.overdue ? 'bad' : task.status === 'Completed' ? 'good' : undefined);
const taskColumns: Column<RemediationTask>[] = [
  { key: 'title', title: 'Activity', sort: 'title', text: (r) => r.title },
  { key: 'component', title: 'Related component', width: 180, wide: true, sort: 'relatedComponent', text: (r) => r.relatedComponent },
  { key: 'type', title: 'Remediation type', width: 160, sort: 'type', text: (r) => remediationWords(r.type) },
  { key: 'status', title: 'Status', width: 110, sort: 'status', text: (r) => r.status, show: (r) => <span className={statusColour(r)}>{r.overdue ? 'Overdue' : r.status}</span> },
  { key: 'progress', title: 'Device progress', width: 150, sort: 'fixedDevices', text: (r) => `${r.fixedDevices}/${r.targetDevices}`, file: [{ title: 'Fixed devices', text: (r) => r.fixedDevices }, { title: 'Targeted devices', text: (r) => r.targetDevices }], show: (r) => (r.type === 'AttentionRequired' ? <span className="quiet">Watched</span> : <Share part={r.fixedDevices} whole={r.targetDevices} bad={false} />) },
  { key: 'due', title: 'Due on', width: 120, sort: 'dueOn', text: (r) => date(r.dueOn), file: [{ text: (r) => r.dueOn }], show: (r) => <span className={r.overdue ? 'bad' : undefined}>{date(r.dueOn) || <span className="quiet">&ndash;</span>}</span> },
  { key: 'priority', title: 'Priority', width: 90, sort: 'priority', most: true, text: (r) => r.priority },
  { key: 'owner', title: 'Owner', width: 120, optional: true, sort: 'owner', text: (r) => r.owner },
  { key: 'by', title: 'Created by', width: 120, wide: true, sort: 'requesterEmail', text: (r) => person(r.requesterEmail) },
  { key: 'on', title: 'Created on', width: 120, optional: true, sort: 'createdOn', text: (r) => date(r.createdOn), file: [{ text: (r) => r.createdOn }] },
  { key: 'completer', title: 'Completed by', width: 150, optional: true, text: (r) => person(r.completerEmail) },
  { key: 'ticket', title: 'Ticket', width: 120, optional: true, text: (r) => [r.ticket, r.ticketStatus].filter(Boolean).join(' ') },
];
const taskFilters: Filter[] = [
  { key: 'status', title: 'Status', odata: (values) => any(...values.map((value) => (value === 'Overdue' ? 'overdue eq true' : `status eq '${value.replaceAll("'", '')}'`))),
    options: ['Active', 'Overdue', 'Completed', 'Cancelled'].map((value) => ({ value, label: value })) },
  { key: 'type', title: 'Remediation type', options: remediationTypes.filter(({ value }) => value !== 'FirmwareUpdate'), odata: (values) => oneOf('type', values) },
  { key: 'priority', title: 'Priority', options: ['High', 'Medium', 'Low'].map((value) => ({ value, label: value })), odata: (values) => oneOf('priority', values) },
];

function Activities() {
  const scope = useScope();
  const [openId, open] = useOpen();
  return (
    <>
      <List<RemediationTask> name="remediation" source="/api/remediationTasks" fixed={scope.length ? any(hasAny('rbacGroupNames', scope), 'not rbacGroupNames/any()') : undefined} columns={taskColumns} filters={taskFilters} rowKey={(r) => r.id} rowName={(r) => r.title} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search activities', odata: (text) => any(contains('title', text), contains('owner', text), contains('requesterEmail', text)) }}
        hunting={({ q, filters }) => {
          const states = filters.status?.map((state) => (state === 'Overdue' ? 'IsOverdue' : `Status == ${kqlText(state)}`));
          return `MerlonRemediationActivities${states ? `\n| where ${states.join(' or ')}` : ''}${kqlIn('RemediationType', filters.type)}${kqlIn('Priority', filters.priority)}${kqlHas(q, 'Title', 'Owner', 'CreatedBy')}\n| project Title, RelatedComponent, RemediationType, Status, FixedDevices, TargetDevices, DueOn, IsOverdue, Priority, CreatedBy, CreatedOn\n| order by CreatedOn desc`;
        }}
        empty={{ title: 'Nothing was asked for yet', text: <>Open a <Link to="/recommendations">recommendation</Link> and choose Remediation options. IT sees it here with its devices, and it closes by itself when they are fixed.</> }} />
      {openId && <TaskPanel id={openId} close={() => open()} />}
    </>
  );
}

function TaskPanel({ id, close }: { id: string; close: () => void }) {
  const { may } = useSession();
  const { submit } = useAct();
  const path = `/api/remediationTasks/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['remediation', id], queryFn: ({ signal }) => get<RemediationTask>(path, signal) });
  const one = asked.data;
  const put = (part: Partial<RemediationTask>) => send('PATCH', path, part);
  const change = (part: Partial<RemediationTask>, done: string, back?: Partial<RemediationTask>) =>
    submit({ send: () => put(part), done, shown: { key: ['remediation', id], part }, back: back && (() => put(back)) });
  const active = one?.status === 'Active' && may('RemediationTasks.ReadWrite.All');
  const scripts: [string, string, string][] = [['shell', 'Shell script', 'sh'], ['powershell', 'PowerShell script', 'ps1'], ['ansible', 'Ansible playbook', 'yml']];
  return (
    <Panel id={id} close={close} asked={asked} title={one?.title ?? 'Remediation'} under={one && <span className={statusColour(one)}>{one.overdue ? 'Overdue' : one.status}</span>}
      page={one ? { to: `/recommendations?open=${encodeURIComponent(one.recommendationId)}`, words: 'Open the recommendation' } : undefined}
      actions={one && (
        <>
          {active && <Final primary word="Mark as completed" title={`Mark ${one.title} as completed?`} text={`${plural(one.targetDevices - one.fixedDevices, 'device')} of ${number(one.targetDevices)} ${one.targetDevices - one.fixedDevices === 1 ? 'is' : 'are'} not fixed yet. It closes by itself when all are; a closed one is not opened again.`} change={{ send: () => put({ status: 'Completed' }), done: 'Marked as completed.' }} />}
          {active && <Final word="Cancel activity" title={`Cancel ${one.title}?`} text="A cancelled activity is not opened again; another one can be asked for." change={{ send: () => send('POST', `${path}/cancel`), done: 'Cancelled.' }} />}
          <Menu>
            <MenuTrigger disableButtonEnhancement><Button>Ready-made actions</Button></MenuTrigger>
            <MenuPopover><MenuList>
              {scripts.map(([kind, words, ending]) => <MenuItem key={kind} onClick={() => download(`${path}/actions?kind=${kind}`, `${one.relatedComponent}.${ending}`)}>{words}</MenuItem>)}
              <MenuItem onClick={() => download(`${path}/export`, `${one.relatedComponent} devices.csv`)}>Devices as CSV</MenuItem>
            </MenuList></MenuPopover>
          </Menu>
        </>
      )}>
      {one && (
        <>
          {one.description && <Section title="Description"><p className="text">{one.description}</p></Section>}
          <Section title="Progress"><Share part={one.fixedDevices} whole={one.targetDevices} bad={false} />
            <p className="quiet">{plural(one.targetDevices - one.fixedDevices - one.awayDevices, 'device')} to do{one.awayDevices ? `; ${plural(one.awayDevices, 'device')} away: silent, excluded, gone, or under an exception` : ''}</p></Section>
          <Section title="Details">
            <Facts facts={[
              ['Remediation type', remediationWords(one.type)], ['Go to version', one.recommendedVersion], ['Priority', one.priority],
              ['Due on', active ? <InPlace key="d" label="Due on" type="date" value={one.dueOn?.slice(0, 10) ?? ''} keep={(day) => change({ dueOn: endOf(day) }, 'The due date is changed.', one.dueOn ? { dueOn: one.dueOn } : undefined)} /> : date(one.dueOn)],
              ['Owner', active ? <InPlace key="o" label="Owner" value={one.owner} keep={(owner) => change({ owner }, 'The owner is changed.', { owner: one.owner })} /> : one.owner],
              ['Created by', person(one.requesterEmail)], ['Created on', time(one.createdOn)],
              ['Device groups', one.rbacGroupNames.join(', ') || 'All'], ['Ticket', [one.ticket, one.ticketStatus].filter(Boolean).join(' ')],
              ['Completed by', person(one.completerEmail)], ['How', one.completionMethod],
            ]} />
            {one.requesterNotes && <p className="text under-facts pre">{one.requesterNotes}</p>}
          </Section>
          <Section title="Devices">
            <SmallList<RemediationDevice> source={`${path}/devices`} rowKey={(r) => r.id} first={15} label="Devices" none="No device."
              columns={[
                { title: 'Device', show: (r) => <Link to={`/devices/${r.id}`}>{r.computerDnsName || r.id}</Link> },
                { title: 'State', width: 90, show: (r) => <span className={r.state === 'Fixed' ? 'good' : undefined}>{r.state}</span> },
                { title: 'Since', width: 120, show: (r) => r.stateChangedOn && ago(r.stateChangedOn) },
                { title: 'Group', width: 140, show: (r) => r.rbacGroupName || 'Unassigned' },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}

function download(address: string, name: string) {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

const stateWords: Record<string, string> = { PendingApproval: 'Waits for approval', InEffect: 'In effect', Suspended: 'Suspended', Rejected: 'Rejected', Expired: 'Expired', Cancelled: 'Cancelled', Reopened: 'Opened again' };
const exceptionColumns: Column<Exception>[] = [
  { key: 'title', title: 'Exception for', sort: 'title', text: (r) => r.title },
  { key: 'justification', title: 'Justification', width: 190, slim: 172, sort: 'justification', text: (r) => justificationWords(r.justification) },
  { key: 'scope', title: 'Scope', width: 180, slim: 140, text: (r) => scopeWords(r) },
  { key: 'status', title: 'Status', width: 150, sort: 'status', text: (r) => stateWords[r.status] ?? r.status },
  { key: 'machines', title: 'Devices', width: 90, numeric: true, sort: 'machines', text: (r) => r.machines, show: (r) => number(r.machines) },
  { key: 'ends', title: 'Ends on', width: 120, sort: 'endsOn', text: (r) => date(r.endsOn), file: [{ text: (r) => r.endsOn }] },
  { key: 'by', title: 'Created by', width: 130, wide: true, sort: 'createdBy', text: (r) => person(r.createdBy) },
  { key: 'on', title: 'Created on', width: 120, optional: true, sort: 'createdOn', text: (r) => date(r.createdOn), file: [{ text: (r) => r.createdOn }] },
];
const scopeWords = (r: Exception) => (r.query ? 'By a query' : r.deviceGroups.length ? r.deviceGroups.join(', ') : 'All devices');
const exceptionFilters: Filter[] = [
  { key: 'status', title: 'Status', options: Object.entries(stateWords).map(([value, label]) => ({ value, label })), odata: (values) => oneOf('status', values) },
  { key: 'justification', title: 'Justification', options: [...justifications, ...cveJustifications].map(([value, label]) => ({ value, label })), odata: (values) => oneOf('justification', values) },
  { key: 'kind', title: 'For', options: [{ value: 'Recommendation', label: 'Recommendations' }, { value: 'Vulnerability', label: 'CVEs' }], odata: (values) => oneOf('subjectType', values) },
];

function AllExceptions() {
  return <ExceptionList empty={{ title: 'No exception', text: 'An exception says that some devices need not be fixed for a while, why, and until when. It is made from a recommendation or a CVE.' }} />;
}

// `fixed`, `about`: the condition of a list that is not of all exceptions, and the same in KQL.
export function ExceptionList({ name = 'exceptions', fixed, about = '', empty }: { name?: string; fixed?: string; about?: string; empty: { title: string; text: string } }) {
  const scope = useScope();
  const [openId, open] = useOpen();
  return (
    <>
      <List<Exception> name={name} source="/api/exceptions" fixed={all(fixed, scope.length ? any(hasAny('deviceGroups', scope), 'not deviceGroups/any()') : undefined)} columns={exceptionColumns} filters={exceptionFilters} rowKey={(r) => r.id} rowName={(r) => r.title} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search exceptions', odata: (text) => any(contains('title', text), contains('createdBy', text), contains('notes', text)) }}
        hunting={({ q, filters }) => `MerlonExceptions${about}${kqlIn('Status', filters.status)}${kqlIn('Justification', filters.justification)}${kqlIn('SubjectType', filters.kind)}${kqlHas(q, 'Title', 'CreatedBy', 'Notes')}\n| project Title, Justification, Scope, DeviceGroups, Status, Devices, EndsOn, CreatedBy, CreatedOn\n| order by CreatedOn desc`}
        empty={empty} />
      {openId && <ExceptionPanel id={openId} close={() => open()} />}
    </>
  );
}

function ExceptionPanel({ id, close }: { id: string; close: () => void }) {
  const { may } = useSession();
  const { act } = useAct();
  const [until, setUntil] = useState('');
  const path = `/api/exceptions/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['exception', id], queryFn: ({ signal }) => get<Exception>(path, signal) });
  const one = asked.data;
  const change = (call: () => Promise<unknown>, done: string, back?: () => Promise<unknown>) => act({ send: call, done, back });
  // The same again, under a new number.
  const again = (was: Exception) => send('POST', '/api/exceptions', {
    subjectId: was.subjectId, justification: was.justification, notes: was.notes, endsOn: was.endsOn, reopenWhenWorse: was.reopenWhenWorse,
    ...(was.query ? { query: was.query } : was.deviceGroups.length ? { deviceGroups: was.deviceGroups } : {}),
  });
  const writes = may('Exception.ReadWrite.All');
  const open = one && ['InEffect', 'Suspended', 'PendingApproval'].includes(one.status);
  return (
    <Panel id={id} close={close} asked={asked} title={one?.title ?? 'Exception'} under={one && <span>{stateWords[one.status] ?? one.status}</span>}
      page={one ? { to: one.subjectType === 'Vulnerability' ? `/weaknesses?open=${one.subjectId}` : `/recommendations?open=${encodeURIComponent(one.subjectId)}`, words: one.subjectType === 'Vulnerability' ? 'Open the CVE' : 'Open the recommendation' } : undefined}
      actions={one && writes && open && (
        <>
          {one.status === 'PendingApproval' && <Button appearance="primary" onClick={() => void change(() => send('PATCH', path, { decision: 'approve' }), 'Approved.')}>Approve</Button>}
          {one.status === 'PendingApproval' && <Button onClick={() => void change(() => send('PATCH', path, { decision: 'reject' }), 'Rejected.')}>Reject</Button>}
          <Button onClick={() => void change(() => send('POST', `${path}/cancel`, { reason: 'cancelled in the portal' }), 'The exception has ended.', () => again(one))}>Cancel exception</Button>
        </>
      )}>
      {one && (
        <>
          <Section title="Details">
            <Facts facts={[
              ['Justification', justificationWords(one.justification)], ['Scope', scopeWords(one)], ['Devices', number(one.machines)], ['Devices when made', number(one.machinesWhenMade)],
              ['Lowers counts and scores', one.takesDevicesOut ? 'Yes' : 'No'], ['Ends on', date(one.endsOn)], ['Created by', person(one.createdBy)], ['Created on', time(one.createdOn)],
              ['Decided by', person(one.decidedBy)], ['Ended by', person(one.endedBy)], ['Ended on', time(one.endedOn)], ['Why it ended', one.endedReason],
              ['Opens again when worse', one.reopenWhenWorse ? 'Yes' : 'No'],
            ]} />
            {one.notes && <p className="text under-facts pre">{one.notes}</p>}
          </Section>
          {one.query && <Section title="Scope query"><pre className="query">{one.query}</pre>{one.queryError && <p className="bad">{one.queryError}</p>}</Section>}
          {open && writes && (
            <Section title="Extend">
              <div className="inline"><Input type="date" aria-label="New end" value={until} onChange={(_, { value }) => setUntil(value)} /><Button disabledFocusable={!until} onClick={() => void change(() => send('PATCH', path, { endsOn: endOf(until) }), 'The end is moved.')}>Move the end</Button></div>
            </Section>
          )}
          <Section title="Devices that leave counts and scores">
            <SmallList<MachineReference> source={`${path}/machineReferences`} rowKey={(r) => r.id} label="Devices" none="None: this exception changes no count."
              columns={[
                { title: 'Device', show: (r) => <Link to={`/devices/${r.id}`}>{r.computerDnsName}</Link> },
                { title: 'OS platform', width: 150, show: (r) => osWords(r.osPlatform) },
                { title: 'Group', width: 150, show: (r) => r.rbacGroupName || 'Unassigned' },
              ]} />
          </Section>
        </>
      )}
    </Panel>
  );
}

const lateColumns: Column<Breach>[] = [
  { key: 'cve', title: 'CVE', width: 140, sort: 'cveId', text: (r) => r.cveId, show: (r) => <Link to={`/weaknesses?open=${r.cveId}`}>{r.cveId}</Link> },
  { key: 'product', title: 'Software', sort: 'productName', text: (r) => productName(r.productVendor, r.productName), show: (r) => <Link to={`/recommendations?open=${encodeURIComponent(r.recommendationId)}`}>{productName(r.productVendor, r.productName)}</Link> },
  { ...severityColumn, width: 140, slim: 124 },
  { key: 'known', title: 'Threats', width: 92, sort: 'knownExploited', most: true, text: (r) => threatWords(r).join('; '), show: (r) => <Threats {...r} /> },
  { key: 'machines', title: 'Devices', width: 90, numeric: true, sort: 'machines', text: (r) => r.machines, show: (r) => number(r.machines) },
  { key: 'since', title: 'Open since', width: 130, wide: true, sort: 'openSince', text: (r) => date(r.openSince), file: [{ text: (r) => r.openSince }] },
  { key: 'due', title: 'Was due on', width: 130, slim: 116, sort: 'dueOn', text: (r) => date(r.dueOn), file: [{ text: (r) => r.dueOn }] },
  { key: 'over', title: 'Days over', width: 100, numeric: true, sort: 'daysOver', text: (r) => r.daysOver, show: (r) => number(r.daysOver) },
];

function Late() {
  return (
    <List<Breach> name="late" source="/api/serviceTargets/breaches" columns={lateColumns} rowKey={(r) => r.id} rowName={(r) => r.cveId}
      search={{ hint: 'Search CVE or software', odata: (text) => any(contains('cveId', text), contains('productName', text.trim().replaceAll(' ', '_'))) }}
      hunting={({ q }) => `MerlonDueFindings\n| where IsFixable and DueOn < now()${kqlHas(q.trim().replaceAll(' ', '_'), 'CveId', 'SoftwareName')}\n| summarize Devices = dcount(DeviceId), OpenSince = min(OpenSince), DueOn = min(DueOn) by CveId, SoftwareVendor, SoftwareName, VulnerabilitySeverityLevel\n| order by DueOn asc`}
      empty={{ title: 'Nothing is late', text: <>Every finding that has a fix is within its service target, or there is none: <Link to="/settings?tab=targets">Service targets</Link>.</> }} />
  );
}
