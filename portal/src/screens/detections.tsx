// Custom detections: hunting queries that run by themselves and raise alerts. ?query=KQL opens the form with that query.
import { useState, type ReactNode } from 'react';
import { Button, Field, Input, Select, Switch, Textarea } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearchParams } from 'react-router';
import { get, send } from '../api/client';
import type { CustomDetection } from '../api/kinds';
import { any, contains, oneOf } from '../api/odata';
import { huntingAddress, kqlHas, kqlIn } from '../app/hunting';
import { useSession } from '../app/session';
import type { Column, Filter } from '../list/kinds';
import { List } from '../list/list';
import { useOpen } from '../ui/address';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { Severity } from '../ui/marks';
import { Facts, Panel, Section } from '../ui/panel';
import { TroubleLine } from '../ui/states';
import { ago, number, person, plural, spaced, time } from '../ui/words';

const frequencies: [number, string][] = [[60, 'Every hour'], [180, 'Every 3 hours'], [720, 'Every 12 hours'], [1440, 'Every day']];
const frequencyWords = (minutes: number) => frequencies.find(([value]) => value === minutes)?.[1] ?? `Every ${plural(minutes, 'minute')}`;

const columns: Column<CustomDetection>[] = [
  { key: 'name', title: 'Detection', sort: 'name', text: (r) => r.name },
  { key: 'severity', title: 'Severity', width: 140, sort: 'severity', most: true, text: (r) => r.severity, show: (r) => <Severity level={r.severity} /> },
  { key: 'state', title: 'State', width: 130, sort: 'enabled', text: (r) => (r.lastError ? 'Failing' : r.enabled ? 'On' : 'Off'), show: (r) => <span className={r.lastError ? 'bad' : undefined} title={r.lastError ?? ''}>{r.lastError ? 'Failing' : r.enabled ? 'On' : 'Off'}</span> },
  { key: 'frequency', title: 'Runs', width: 150, sort: 'frequencyMinutes', text: (r) => frequencyWords(r.frequencyMinutes) },
  { key: 'last', title: 'Last run', width: 130, sort: 'lastRun', text: (r) => r.lastRun, show: (r) => (r.lastRun ? <span title={time(r.lastRun)}>{ago(r.lastRun)}</span> : 'Never') },
  { key: 'alerts', title: 'Open alerts', width: 120, numeric: true, sort: 'openAlerts', text: (r) => r.openAlerts, show: (r) => number(r.openAlerts) },
  { key: 'by', title: 'Changed by', width: 140, optional: true, sort: 'changedBy', text: (r) => person(r.changedBy) },
];
const filters: Filter[] = [
  { key: 'severity', title: 'Severity', options: ['High', 'Medium', 'Low', 'Informational'].map((value) => ({ value, label: value })), odata: (values) => oneOf('severity', values) },
  { key: 'state', title: 'State', single: true, options: [{ value: 'true', label: 'On' }, { value: 'false', label: 'Off' }], odata: ([value]) => `enabled eq ${value === 'true'}` },
];

export function Detections() {
  const { may } = useSession();
  const [params, setParams] = useSearchParams();
  const [openId, open] = useOpen();
  const given = params.get('query');
  const writes = may('CustomDetection.ReadWrite.All');
  const form = (query?: string) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      if (query === undefined) next.delete('query');
      else next.set('query', query);
      return next;
    });
  return (
    <>
      <List<CustomDetection> name="detections" source="/api/customDetections" columns={columns} filters={filters} rowKey={(r) => r.id} rowName={(r) => r.name} open={(r) => open(r.id)} openKey={openId} order="name"
        search={{ hint: 'Search detections', odata: (text) => any(contains('name', text), contains('query', text)) }}
        hunting={({ q, filters: chosen }) => `MerlonCustomDetections${kqlIn('Severity', chosen.severity)}${chosen.state ? `\n| where IsEnabled == ${chosen.state[0] === 'true'}` : ''}${kqlHas(q, 'Name', 'Query')}\n| project Name, Severity, IsEnabled, FrequencyMinutes, LastRun, LastError, OpenAlerts, Query\n| order by Name asc`}
        actions={writes && <Button appearance="primary" onClick={() => form('DeviceInfo\n| where ExposureLevel == "High"')}>New detection</Button>}
        empty={{ title: 'No detection yet', text: 'A detection is a hunting query that runs by itself; each device that it finds gets an alert. Begin with one here, or from a query in hunting.' }} />
      {openId && <DetectionPanel id={openId} close={() => open()} writes={writes} />}
      {given !== null && writes && <DetectionForm given={given} close={() => form()} />}
    </>
  );
}

function DetectionPanel({ id, close, writes }: { id: string; close: () => void; writes: boolean }) {
  const { act } = useAct();
  const [editing, edit] = useState(false);
  const path = `/api/customDetections/${encodeURIComponent(id)}`;
  const asked = useQuery({ queryKey: ['detection', id], queryFn: ({ signal }) => get<CustomDetection>(path, signal) });
  const one = asked.data;
  const flip = (enabled: boolean) => send('PATCH', path, { enabled });
  const again = ({ name, query, frequencyMinutes, lookbackMinutes, severity, category, title, description, recommendedAction, mitreTechniques, actions, enabled }: CustomDetection) =>
    send('POST', '/api/customDetections', { name, query, frequencyMinutes, lookbackMinutes, severity, category, title, description, recommendedAction, mitreTechniques, actions, enabled });
  const hunting = one && huntingAddress(one.query);
  return (
    <Panel id={id} close={close} asked={asked} title={one?.name ?? 'Detection'} under={one && <><Severity level={one.severity} /><span className="quiet">{one.enabled ? 'On' : 'Off'}</span></>}
      page={hunting ? { to: hunting, words: 'Open in hunting' } : undefined}
      actions={one && writes && (
        <>
          <Button appearance="primary" onClick={() => void act({ send: () => send('POST', `${path}/run`, {}), done: 'It has run.' })}>Run now</Button>
          <Button onClick={() => edit(true)}>Change</Button>
          <Button onClick={() => void act({ send: () => flip(!one.enabled), done: one.enabled ? 'Switched off.' : 'Switched on.', back: () => flip(one.enabled), shown: { key: ['detection', id], part: { enabled: !one.enabled } } })}>{one.enabled ? 'Switch off' : 'Switch on'}</Button>
          <Button onClick={() => void act({ send: () => send('DELETE', path), done: 'Removed; its alerts stay.', back: () => again(one) }).then((went) => went && close())}>Remove</Button>
        </>
      )}>
      {one && (
        <>
          {one.lastError && <p className="bad" role="alert">{one.lastError}</p>}
          <Section title="Query"><pre className="query">{one.query}</pre></Section>
          <Section title="Details">
            <Facts facts={[
              ['Runs', frequencyWords(one.frequencyMinutes)], ['Looks back', one.lookbackMinutes ? plural(one.lookbackMinutes, 'minute') : 'As far as the query says'], ['Last run', time(one.lastRun)], ['Next run', time(one.nextRun)],
              ['Open alerts', number(one.openAlerts)], ['Title of its alerts', one.title], ['Category', spaced(one.category)], ['Techniques', one.mitreTechniques.join(', ')],
              ['Actions', one.actions.map(({ type, value }) => `${type} ${value}`).join(', ')], ['Changed by', person(one.changedBy)],
            ]} />
          </Section>
          {one.description && <Section title="Description"><p className="text pre">{one.description}</p></Section>}
          {editing && <DetectionForm one={one} given={one.query} close={() => edit(false)} />}
        </>
      )}
    </Panel>
  );
}

function DetectionForm({ one, given, close }: { one?: CustomDetection; given: string; close: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState(one?.name ?? '');
  const [query, setQuery] = useState(given);
  const [severity, setSeverity] = useState(one?.severity ?? 'Medium');
  const [category, setCategory] = useState(one?.category ?? 'SuspiciousActivity');
  const [frequency, setFrequency] = useState(String(one?.frequencyMinutes ?? 60));
  const [title, setTitle] = useState(one?.title ?? '');
  const [description, setDescription] = useState(one?.description ?? '');
  const [enabled, setEnabled] = useState(one?.enabled ?? true);
  const [tried, setTried] = useState<ReactNode>();
  const body = { name, query, severity, category, frequencyMinutes: Number(frequency), title: title || name, description, enabled };
  const attempt = async () => {
    setTried('Trying ...');
    try {
      const { alerts } = await send<{ alerts: { title: string }[] }>('POST', '/api/customDetections/dryRun', { ...body, name: undefined, title: title || name || 'Dry run' });
      setTried(`It would raise ${plural(alerts.length, 'alert')} now.`);
    } catch (problem) {
      setTried(<TroubleLine what="It does not run" error={problem} />);
    }
  };
  return (
    <FormDialog title={one ? `Change ${one.name}` : 'New detection'} submit={one ? 'Save' : 'Make it'} ready={!!name.trim() && !!query.trim()} close={close}
      send={async () => { await (one ? send('PATCH', `/api/customDetections/${one.id}`, body) : send('POST', '/api/customDetections', body)); await queries.invalidateQueries(); }}>
      <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Query" required hint="It must give DeviceId; Timestamp, where there is one, becomes the time of the event.">
        <Textarea className="kql" value={query} onChange={(_, { value }) => { setQuery(value); setTried(undefined); }} rows={7} resize="vertical" spellCheck={false} />
      </Field>
      <div className="inline"><Button onClick={() => void attempt()}>Try it</Button><span role="status">{tried}</span></div>
      <div className="form-row">
        <Field label="Severity"><Select value={severity} onChange={(_, { value }) => setSeverity(value)}>{['High', 'Medium', 'Low', 'Informational'].map((word) => <option key={word}>{word}</option>)}</Select></Field>
        <Field label="Runs"><Select value={frequency} onChange={(_, { value }) => setFrequency(value)}>{frequencies.map(([value, words]) => <option key={value} value={value}>{words}</option>)}</Select></Field>
        <Field label="Category"><Input value={category} onChange={(_, { value }) => setCategory(value)} /></Field>
        <Field label="Title of its alerts" hint="Left empty: the name"><Input value={title} onChange={(_, { value }) => setTitle(value)} /></Field>
      </div>
      <Field label="Description"><Textarea value={description} onChange={(_, { value }) => setDescription(value)} resize="vertical" /></Field>
      <Switch label="On" checked={enabled} onChange={(_, { checked }) => setEnabled(checked)} />
    </FormDialog>
  );
}
