// Alerts: what sensors, other products and detection rules say is happening on devices.
import { useState } from 'react';
import { Link } from 'react-router';
import { Button, Field, Select, Textarea } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Alert } from '../api/kinds';
import { any, contains, oneOf, quote } from '../api/odata';
import { kqlHas, kqlIn, kqlOneOf } from '../app/hunting';
import { useMyTabs } from '../app/refused';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { useOpen } from '../ui/address';
import { useAct } from '../ui/act';
import { Head } from '../ui/head';
import { Severity, Tags } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { Tabs } from '../ui/tabs';
import { ago, person, spaced, time } from '../ui/words';
import { Detections } from './detections';

const columns: Column<Alert>[] = [
  { key: 'title', title: 'Alert', sort: 'title', text: (r) => r.title },
  { key: 'severity', title: 'Severity', width: 116, sort: 'severity', most: true, text: (r) => r.severity, show: (r) => <Severity level={r.severity} /> },
  { key: 'status', title: 'Status', width: 100, sort: 'status', text: (r) => spaced(r.status) },
  { key: 'device', title: 'Device', width: 190, sort: 'computerDnsName', text: (r) => r.computerDnsName, show: (r) => <Link to={`/devices/${r.machineId}`}>{r.computerDnsName || r.machineId}</Link> },
  { key: 'category', title: 'Category', width: 180, slim: 150, sort: 'category', text: (r) => spaced(r.category) },
  { key: 'assigned', title: 'Assigned to', width: 112, wide: true, sort: 'assignedTo', text: (r) => r.assignedTo, show: (r) => person(r.assignedTo) || <span className="quiet">Nobody</span> },
  { key: 'source', title: 'Source', width: 150, optional: true, sort: 'serviceSource', text: (r) => r.serviceSource },
  { key: 'group', title: 'Device group', width: 150, optional: true, sort: 'rbacGroupName', text: (r) => r.rbacGroupName },
  { key: 'time', title: 'Time', width: 124, sort: 'alertCreationTime', text: (r) => r.alertCreationTime, show: (r) => <span title={time(r.alertCreationTime)}>{ago(r.alertCreationTime)}</span> },
];
const ofDevice = columns.filter(({ key }) => key !== 'device' && key !== 'group');
const plain = (values: string[]) => values.map((value) => ({ value, label: value }));
const statuses = [{ value: 'New', label: 'New' }, { value: 'InProgress', label: 'In progress' }, { value: 'Resolved', label: 'Resolved' }];
const filters: Filter[] = [
  { key: 'severity', title: 'Severity', options: plain(['High', 'Medium', 'Low', 'Informational']), odata: (values) => oneOf('severity', values), kql: (values) => kqlOneOf('Severity', values) },
  { key: 'status', title: 'Status', options: statuses, odata: (values) => oneOf('status', values), kql: (values) => kqlOneOf('Status', values) },
];

// `device`: of this one alone, whom the rows need not name.
export function AlertList({ name, device }: { name: string; device?: string }) {
  const [openId, open] = useOpen();
  return (
    <>
      <List<Alert> name={name} source="/api/alerts" columns={device ? ofDevice : columns} filters={filters} fixed={device && `machineId eq ${quote(device)}`} rowKey={(r) => r.id} rowName={(r) => r.title} open={(r) => open(r.id)} openKey={openId}
        search={{ hint: 'Search alerts', odata: (text) => any(contains('title', text), contains('computerDnsName', text), contains('category', text)) }}
        hunting={({ q, where }) => `MerlonAlerts${kqlIn('DeviceId', device ? [device] : [])}${where}${kqlHas(q, 'Title', 'DeviceName', 'Category')}\n| project Timestamp, AlertId, Title, Severity, Status, Category, DeviceName, AssignedTo\n| order by Timestamp desc`}
        empty={{ title: 'No alert', text: 'Alerts come from custom detections, from other products through the API, and from device reports.' }} />
      {openId && <AlertPanel id={openId} close={() => open()} />}
    </>
  );
}

const tabs = [{ key: 'alerts', title: 'Alerts', permission: 'Alert.Read.All' }, { key: 'detections', title: 'Custom detections', permission: 'CustomDetection.Read.All' }];

export default function Alerts() {
  const { shown, at, go, refused } = useMyTabs(tabs);
  return (
    <div className="page fills">
      <Head title="Alerts" text="What detection rules, sensors and other products say is happening. An active alert makes the weaknesses of its device more urgent." />
      <Tabs label="Alerts" tabs={shown} at={at} go={go} />
      {refused ?? (at === 'detections' ? <Detections /> : <AlertList name="alerts" />)}
    </div>
  );
}

const classifications: Record<string, string[]> = {
  TruePositive: ['MultiStagedAttack', 'MaliciousUserActivity', 'CompromisedAccount', 'Malware', 'Phishing', 'UnwantedSoftware', 'Other'],
  InformationalExpectedActivity: ['SecurityTesting', 'LineOfBusinessApplication', 'ConfirmedActivity', 'Other'],
  FalsePositive: ['NotMalicious', 'NotEnoughDataToValidate', 'Other'],
};

function AlertPanel({ id, close }: { id: string; close: () => void }) {
  const { may, name } = useSession();
  const { act } = useAct();
  const [comment, setComment] = useState('');
  const path = `/api/alerts/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['alert', id], queryFn: ({ signal }) => get<Alert>(path, signal) });
  const one = asked.data;
  const put = (part: object) => send('PATCH', path, part);
  const patch = (part: object, done: string, back?: object) =>
    act({ send: () => put(part), done, failed: 'The alert was not changed', back: back && (() => put(back)), ...('comment' in part ? {} : { shown: { key: ['alert', id], part } }) });
  const writes = may('Alert.ReadWrite.All');
  return (
    <Panel id={id} close={close} asked={asked} title={one?.title ?? 'Alert'} under={one && <><Severity level={one.severity} /><Tags tags={one.mitreTechniques} /></>}
      page={one ? { to: `/devices/${one.machineId}`, words: 'Open the device' } : undefined}
      actions={one && writes && (
        <>
          {one.status !== 'Resolved' && <Button appearance="primary" onClick={() => void patch({ status: 'Resolved' }, 'Resolved.', { status: one.status })}>Resolve</Button>}
          {one.assignedTo !== name && <Button onClick={() => void patch({ assignedTo: name, ...(one.status === 'New' ? { status: 'InProgress' } : {}) }, 'It is yours.', { assignedTo: one.assignedTo ?? '', status: one.status })}>Assign to me</Button>}
        </>
      )}>
      {one && (
        <>
          {one.description && <Section title="Description"><p className="text pre">{one.description}</p></Section>}
          <Section title="Details">
            <Facts facts={[
              ['Device', <Link key="d" to={`/devices/${one.machineId}`}>{one.computerDnsName || one.machineId}</Link>], ['Device group', one.rbacGroupName], ['Category', spaced(one.category)],
              ['Status', statuses.find(({ value }) => value === one.status)?.label ?? one.status], ['Assigned to', person(one.assignedTo)], ['Time', time(one.alertCreationTime)],
              ['Source', [...new Set([one.serviceSource, one.detectionSource])].filter(Boolean).join(', ')], ['Threat family', one.threatFamilyName], ['Resolved', time(one.resolvedTime)],
            ]} />
          </Section>
          {one.recommendedAction && <Section title="What to do"><p className="text pre">{one.recommendedAction}</p></Section>}
          {writes && (
            <Section title="Classification">
              <div className="form-row">
                <Field label="Classification">
                  <Select value={one.classification ?? ''} onChange={(_, { value }) => value && void patch({ classification: value, determination: classifications[value]![0] }, 'Classified.')}>
                    <option value="">Not set</option>{Object.keys(classifications).map((word) => <option key={word} value={word}>{spaced(word)}</option>)}
                  </Select>
                </Field>
                <Field label="Determination">
                  <Select value={one.determination ?? ''} disabled={!one.classification} onChange={(_, { value }) => value && void patch({ classification: one.classification, determination: value }, 'Determined.')}>
                    <option value="">Not set</option>{(classifications[one.classification ?? ''] ?? []).map((word) => <option key={word} value={word}>{spaced(word)}</option>)}
                  </Select>
                </Field>
              </div>
            </Section>
          )}
          {one.evidence.length > 0 && (
            <Section title="Evidence">
              <ul className="findings">{one.evidence.map((item, i) => <li key={i}><Facts facts={Object.entries(item).filter(([, value]) => value).map(([key, value]) => [spaced(key[0]!.toUpperCase() + key.slice(1)), /Time$/.test(key) ? time(value) : <span key={key} className="mono">{value}</span>])} /></li>)}</ul>
            </Section>
          )}
          <Section title="Comments">
            {one.comments.map(({ comment: text, createdBy, createdTime }, i) => <p key={i} className="comment"><span className="quiet">{person(createdBy)}, {time(createdTime)}</span><br />{text}</p>)}
            {writes && (
              <div className="inline"><Textarea aria-label="A comment" value={comment} onChange={(_, { value }) => setComment(value)} resize="vertical" />
                <Button disabledFocusable={!comment.trim()} onClick={() => void patch({ comment }, 'Noted.').then((noted) => noted && setComment(''))}>Add comment</Button></div>
            )}
          </Section>
        </>
      )}
    </Panel>
  );
}
