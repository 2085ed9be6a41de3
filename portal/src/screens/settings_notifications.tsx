// Notifications: rules say what, channels say where to, the log says how it went.
import { useState } from 'react';
import { Button, Checkbox, Field, Input, Select, Textarea } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { Page } from '../api/odata';
import { useAct } from '../ui/act';
import { Final } from '../ui/final';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { PlainTable } from '../ui/table';
import { ago, time } from '../ui/words';

interface Channel { id: string; name: string; kind: string; address: string; template: string | null; active: boolean }
interface Rule { id: string; name: string; description: string; active: boolean; events: string[]; severity: string | null; channels: string[]; deviceGroups: string[] }
interface Delivery { id: string; channel: string; rule: string | null; event: string; status: string; attempts: number; outcome: string | null; createdOn: string; nextTryOn: string | null }

const eventWords: Record<string, string> = {
  'exception.new': 'A new exception', 'exception.ending': 'An exception is about to end', 'remediation.new': 'A remediation was asked for', 'remediation.overdue': 'A remediation is overdue',
  'vulnerability.new': 'A vulnerability is new in the fleet', 'exploit.known': 'An exploit became known', 'exploit.verified': 'An exploit was verified', 'exploit.kit': 'An exploit was added to an exploit kit',
  'support.ending': 'Support of installed versions ends soon', 'support.ended': 'Support of installed versions has ended', 'support.resolved': 'No device is out of support with a product any more',
  'detection.alert': 'A custom detection raised an alert', 'digest.weekly': 'Every Monday: what the week brought', 'digest.daily': 'Every day: what the day brought',
};
// Of these a rule may begin with a severity.
const isGraded = (event: string) => event === 'vulnerability.new' || event.startsWith('exploit.') || event === 'detection.alert';
const kinds: [string, string][] = [['Webhook', 'Webhook'], ['Mail', 'Mail'], ['Slack', 'Slack, Mattermost'], ['Teams', 'Microsoft Teams'], ['Ticket', 'Ticket system'], ['Syslog', 'SIEM (syslog, CEF)']];
// A rule as it is made again or put back.
const bodyOf = ({ name, description, active, events, severity, channels, deviceGroups }: Rule) => ({ name, description, active, events, channels, deviceGroups, severity: severity ?? '' });

export function Notifications() {
  const { act, tell } = useAct();
  const [form, setForm] = useState<'channel' | 'rule' | Channel | Rule>();
  const channels = useQuery({ queryKey: ['channels'], queryFn: ({ signal }) => get<Page<Channel>>('/api/notifications/channels', signal) });
  const rules = useQuery({ queryKey: ['rules'], queryFn: ({ signal }) => get<Page<Rule>>('/api/notifications/rules', signal) });
  const log = useQuery({ queryKey: ['deliveries'], queryFn: ({ signal }) => get<Page<Delivery>>('/api/notifications/deliveries?$top=20', signal), refetchInterval: 15_000 });
  const run = (call: () => Promise<unknown>, done: string, back?: () => Promise<unknown>) => act({ send: call, done, back });
  const changed = () => tell('Saved.');
  const flip = (one: Rule, active: boolean) => send('PATCH', `/api/notifications/rules/${one.id}`, { active });
  const flipChannel = (one: Channel, active: boolean) => send('PATCH', `/api/notifications/channels/${one.id}`, { active });
  return (
    <>
      <div className="bar"><h2 className="minor">Rules</h2><Button appearance="primary" disabled={!channels.data?.value.length} onClick={() => setForm('rule')}>Add a rule</Button></div>
      <PlainTable label="Rules" rows={rules.data?.value} error={rules.error} again={() => void rules.refetch()} rowKey={(one) => one.id} none={channels.data?.value.length || channels.error ? 'No rule yet: nobody is told of anything.' : 'Add a channel first.'}
        columns={[
          { title: 'Name', width: 200, show: (one) => <b title={one.description}>{one.name}</b> },
          { title: 'When', show: (one) => one.events.map((event) => eventWords[event] ?? event).join(', ') },
          { title: 'From severity', width: 120, show: (one) => (one.events.some(isGraded) ? one.severity ?? 'Any' : '') },
          { title: 'Device groups', width: 140, show: (one) => (one.deviceGroups.length ? one.deviceGroups.join(', ') : 'All') },
          { title: 'Status', width: 80, show: (one) => (one.active ? 'On' : 'Off') },
          { title: 'To', width: 160, show: (one) => one.channels.map((id) => channels.data?.value.find((channel) => channel.id === id)?.name ?? id).join(', ') },
          { title: 'Actions', width: 260, show: (one) => (
            <span className="row-actions">
              <Button size="small" onClick={() => setForm(one)}>Change</Button>
              <Button size="small" onClick={() => void run(() => flip(one, !one.active), one.active ? 'Switched off.' : 'Switched on.', () => flip(one, one.active))}>{one.active ? 'Switch off' : 'Switch on'}</Button>
              <Button size="small" onClick={() => void run(() => send('DELETE', `/api/notifications/rules/${one.id}`), `${one.name} is gone.`, () => send('POST', '/api/notifications/rules', bodyOf(one)))}>Remove</Button>
            </span>
          ) },
        ]} />
      <div className="bar"><h2 className="minor">Channels</h2><Button onClick={() => setForm('channel')}>Add a channel</Button></div>
      <PlainTable label="Channels" rows={channels.data?.value} error={channels.error} again={() => void channels.refetch()} rowKey={(one) => one.id} none="No channel yet: a webhook, a mail address, a chat, or a ticket system."
        columns={[
          { title: 'Name', width: 200, show: (one) => <b>{one.name}</b> },
          { title: 'Kind', width: 140, show: (one) => kinds.find(([kind]) => kind === one.kind)?.[1] ?? one.kind },
          { title: 'Address', show: (one) => one.address },
          { title: 'Status', width: 80, show: (one) => (one.active ? 'On' : 'Off') },
          { title: 'Actions', width: 310, show: (one) => (
            <span className="row-actions">
              <Button size="small" onClick={() => setForm(one)}>Change</Button>
              <Button size="small" onClick={() => void run(() => flipChannel(one, !one.active), one.active ? 'Switched off.' : 'Switched on.', () => flipChannel(one, one.active))}>{one.active ? 'Switch off' : 'Switch on'}</Button>
              <Button size="small" onClick={() => void run(() => send('POST', `/api/notifications/channels/${one.id}/test`, {}), 'A test is on its way: see the log below.')}>Test</Button>
              <Final size="small" word="Remove" title={`Remove ${one.name}?`} text="Rules no longer tell it anything, and its address and secret are forgotten." change={{ send: () => send('DELETE', `/api/notifications/channels/${one.id}`), done: `${one.name} is gone.` }} />
            </span>
          ) },
        ]} />
      <div className="bar"><h2 className="minor">Newest deliveries</h2></div>
      <PlainTable label="Newest deliveries" rows={log.data?.value} error={log.error} again={() => void log.refetch()} rowKey={(one) => one.id} none="Nothing was sent yet."
        columns={[
          { title: 'Time', width: 140, show: (one) => <span title={time(one.createdOn)}>{ago(one.createdOn)}</span> },
          { title: 'Event', width: 220, show: (one) => eventWords[one.event] ?? one.event },
          { title: 'Channel', width: 160, show: (one) => one.channel },
          { title: 'Status', width: 110, show: (one) => <span className={one.status === 'Failed' ? 'bad' : undefined}>{one.status}</span> },
          { title: 'Tries', width: 60, numeric: true, show: (one) => one.attempts },
          { title: 'Outcome', show: (one) => <span title={one.outcome ?? ''}>{one.outcome}{one.nextTryOn && `; again ${ago(one.nextTryOn)}`}</span> },
        ]} />
      {(form === 'channel' || isChannel(form)) && <ChannelForm one={form === 'channel' ? undefined : form} close={() => setForm(undefined)} changed={changed} />}
      {form && form !== 'channel' && !isChannel(form) && <RuleForm one={form === 'rule' ? undefined : form} channels={channels.data?.value ?? []} close={() => setForm(undefined)} changed={changed} />}
    </>
  );
}

const isChannel = (form: unknown): form is Channel => typeof form === 'object' && form !== null && 'kind' in form;

// Makes a channel, or changes `one`: its address and secret are not shown, and stay when they are left empty.
function ChannelForm({ one, close, changed }: { one?: Channel; close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState(one?.name ?? '');
  const [kind, setKind] = useState(one?.kind ?? 'Webhook');
  const [address, setAddress] = useState(one?.kind === 'Mail' ? one.address : '');
  const [secret, setSecret] = useState('');
  const [template, setTemplate] = useState(one?.template ?? '');
  const signed = kind === 'Webhook' || kind === 'Ticket';
  const save = async () => {
    const body = { name, ...(address ? { address } : {}), ...(secret && signed ? { secret } : {}), ...(template && kind === 'Ticket' ? { template } : {}) };
    await (one ? send('PATCH', `/api/notifications/channels/${one.id}`, body) : send('POST', '/api/notifications/channels', { ...body, kind }));
    await changed();
  };
  return (
    <FormDialog title={one ? `Change ${one.name}` : 'Add a channel'} submit={one ? 'Save' : 'Add'} ready={!!name && (!!one || !!address)} close={close} send={save}>
      <div className="form-row">
        <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="Kind"><Select value={kind} disabled={!!one} onChange={(_, { value }) => setKind(value)}>{kinds.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</Select></Field>
      </div>
      <Field label={kind === 'Mail' ? 'Mail addresses' : 'Address'} required={!one} hint={kind === 'Mail' ? 'Several with commas between.' : one ? `Empty: as it is (${one.address}). A new address needs its secret again.` : kind === 'Syslog' ? 'tls://HOST:PORT, or tcp://HOST:PORT inside of the allowed private ranges.' : 'https://... It is kept encrypted; lists show its host only.'}><Input value={address} onChange={(_, { value }) => setAddress(value)} /></Field>
      {signed && <Field label={kind === 'Webhook' ? 'Secret for the signature' : 'Authorization header'} hint={one ? 'Empty: as it is.' : undefined}><Input type="password" autoComplete="off" value={secret} onChange={(_, { value }) => setSecret(value)} /></Field>}
      {kind === 'Ticket' && <Field label="Template of the body" hint="{{title}} {{description}} {{severity}} {{due}} {{owner}} {{devices}} {{link}}"><Textarea value={template} onChange={(_, { value }) => setTemplate(value)} resize="vertical" rows={5} /></Field>}
    </FormDialog>
  );
}

function RuleForm({ one, channels, close, changed }: { one?: Rule; channels: Channel[]; close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState(one?.name ?? '');
  const [description, setDescription] = useState(one?.description ?? '');
  const [events, setEvents] = useState<string[]>(one?.events ?? []);
  const [severity, setSeverity] = useState(one?.severity ?? '');
  const [groups, setGroups] = useState<string[] | undefined>(one?.deviceGroups.length ? one.deviceGroups : undefined);
  const [to, setTo] = useState<string[]>(one?.channels ?? (channels.length === 1 ? [channels[0]!.id] : []));
  const flip = (list: string[], value: string, on: boolean) => (on ? [...list, value] : list.filter((item) => item !== value));
  const graded = events.some(isGraded);
  const save = async () => {
    const body = { name, description, events, channels: to, deviceGroups: groups ?? [], severity: graded ? severity : '' };
    await (one ? send('PATCH', `/api/notifications/rules/${one.id}`, body) : send('POST', '/api/notifications/rules', body));
    await changed();
  };
  return (
    <FormDialog title={one ? `Change ${one.name}` : 'Add a rule'} submit={one ? 'Save' : 'Add'} ready={!!name && events.length > 0 && to.length > 0 && (!groups || groups.length > 0)} close={close} send={save}>
      <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
      <Field label="Description"><Input value={description} onChange={(_, { value }) => setDescription(value)} /></Field>
      <fieldset className="boxes"><legend>When</legend>{Object.entries(eventWords).map(([value, label]) => <Checkbox key={value} label={label} checked={events.includes(value)} onChange={(_, { checked }) => setEvents(flip(events, value, checked === true))} />)}</fieldset>
      {graded && <Field label="From severity" hint="Of vulnerabilities, exploits and alerts"><Select value={severity} onChange={(_, { value }) => setSeverity(value)}><option value="">Any</option>{['Low', 'Medium', 'High', 'Critical'].map((word) => <option key={word}>{word}</option>)}</Select></Field>}
      <GroupChoice label="About" chosen={groups} choose={setGroups} />
      <fieldset className="boxes"><legend>To</legend>{channels.map(({ id, name: label }) => <Checkbox key={id} label={label} checked={to.includes(id)} onChange={(_, { checked }) => setTo(flip(to, id, checked === true))} />)}</fieldset>
    </FormDialog>
  );
}
