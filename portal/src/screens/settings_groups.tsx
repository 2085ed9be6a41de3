// Device groups: rules that put devices into groups, by rank.
import { useState } from 'react';
import { Link } from 'react-router';
import { Button, Field, Input, Select } from '@fluentui/react-components';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { get, send } from '../api/client';
import type { DeviceGroup, Machine } from '../api/kinds';
import { quote, type Page } from '../api/odata';
import { useSession } from '../app/session';
import { SmallList } from '../list/small';
import { useAct } from '../ui/act';
import { useOpen } from '../ui/address';
import { Trend } from '../ui/charts';
import { FormDialog } from '../ui/form';
import { Level } from '../ui/marks';
import { Panel, Section } from '../ui/panel';
import { Preview } from '../ui/preview';
import { Bones, Explain, Trouble } from '../ui/states';
import { PlainTable } from '../ui/table';
import { ago, number, percent, plural, tenths } from '../ui/words';
import { ExtendedSupport } from './support';
import { dayOf, secureDayOf, useEventsOfDay, useHistoryOf, useSecureHistory } from './timeline';

type Condition = DeviceGroup['conditions'][number];
const properties: [string, string][] = [['name', 'Name'], ['domain', 'Domain'], ['tag', 'Tag'], ['osPlatform', 'OS platform']];
const operators: [string, string][] = [['equals', 'equals'], ['startsWith', 'starts with'], ['endsWith', 'ends with'], ['contains', 'contains']];
const words = (list: [string, string][], key: string) => list.find(([value]) => value.toLowerCase() === key.toLowerCase())?.[1] ?? key;
const rule = ({ conditions }: DeviceGroup) => conditions.map(({ property, operator, values }) => `${words(properties, property)} ${words(operators, operator)} ${values.join(' or ')}`).join(' and ');

export function Groups() {
  const { may } = useSession();
  const queries = useQueryClient();
  const { act } = useAct();
  const [openName, open] = useOpen();
  const [form, setForm] = useState<DeviceGroup | 'new'>();
  const { data, error, refetch } = useQuery({ queryKey: ['device-groups'], queryFn: ({ signal }) => get<Page<DeviceGroup>>('/api/deviceGroups', signal) });
  const writes = may('DeviceGroup.ReadWrite.All');
  const drop = (group: DeviceGroup) => act({
    send: () => send('DELETE', `/api/deviceGroups/${encodeURIComponent(group.name)}`), done: `${group.name} is gone.`, failed: `${group.name} was not removed`,
    back: () => send('POST', '/api/deviceGroups', { name: group.name, conditions: group.conditions, rank: group.rank }),
  });
  return (
    <>
      <div className="bar"><p className="quiet">A device belongs to the first group, by rank, whose conditions all hold; else to the one that its reports name.</p>{writes && <Button appearance="primary" onClick={() => setForm('new')}>Add a group</Button>}</div>
      <PlainTable label="Device groups" rows={data?.value} error={error} again={() => void refetch()} rowKey={(group) => group.name} none="No group yet. A rule puts devices into one, such as those whose name begins with srv-; reports may name one, too. Lists, scores and what people see can be narrowed to it."
        columns={[
          { title: 'Rank', width: 80, show: (group) => group.rank ?? <span className="quiet">&ndash;</span> },
          { title: 'Name', width: 220, show: (group) => <button className="link" onClick={() => open(group.name)}>{group.name}</button> },
          { title: 'Rule', show: (group) => (group.conditions.length ? rule(group) : <span className="quiet">{group.rank ? 'No condition: no device by rule' : group.name === 'Unassigned' ? 'In no group' : 'Named by reports'}</span>) },
          { title: 'Devices', width: 80, numeric: true, show: (group) => number(group.machines) },
          ...(writes && data?.value.some(({ rank }) => rank !== null) ? [{ title: 'Actions', width: 192, show: (group: DeviceGroup) => group.rank !== null && <span className="row-actions"><Button size="small" onClick={() => setForm(group)}>Change</Button><Button size="small" onClick={() => void drop(group)}>Remove</Button></span> }] : []),
        ]} />
      {openName && <GroupPanel key={openName} name={openName} group={data?.value.find(({ name }) => name === openName)} read={data !== undefined} close={() => open()} />}
      {form && <GroupForm group={form === 'new' ? undefined : form} close={() => setForm(undefined)} changed={() => queries.invalidateQueries()} />}
    </>
  );
}

// One group: how exposed it is, how that went, and what to do there. `read`: the groups have been, so that one without `group` is none.
function GroupPanel({ name, group, read, close }: { name: string; group?: DeviceGroup; read: boolean; close: () => void }) {
  const { may } = useSession();
  const exposure = useHistoryOf(name, 90);
  const secured = useSecureHistory(90, name);
  const events = useEventsOfDay();
  const [days, secure] = [exposure.days, secured.days];
  const [now, then] = [days?.at(-1), secure?.at(-1)];
  const only = `scope=${encodeURIComponent(name)}`;
  if (read && !group) return <Panel id={name} close={close} title={name}><Explain title="This is not here" text="There is no device group of this name: it may have been removed or renamed, or you do not see its devices." /></Panel>;
  return (
    <Panel id={name} close={close} title={name} under={group && <span className="quiet">{group.conditions.length ? rule(group) : name === 'Unassigned' ? 'In no group' : 'Named by reports'}</span>} page={{ to: `/?${only}`, words: 'Show the portal for this group only' }}>
      {may('Score.Read.All') && <Section title="Exposure score" end={now && <Level level={now.level} />}>
        {!days && exposure.error ? <Trouble error={exposure.error} again={exposure.again} /> : !days ? <Bones lines={3} /> : !now ? <p className="quiet">No device of it has been scored yet.</p> : (
          <><div className="score"><b>{tenths(now.score)}</b><span>of 100</span></div><Trend points={days.map(dayOf)} top={100} label={`The exposure score of ${name} in the last 90 days`} choose={events} /></>
        )}
      </Section>}
      {may('Score.Read.All') && <Section title="Secure score for devices">
        {!secure && secured.error ? <Trouble error={secured.error} again={secured.again} /> : !secure ? <Bones lines={3} /> : !then?.possible ? <p className="quiet">No device of it has reported its settings yet.</p> : (
          <><div className="score"><b>{percent(then.score / then.possible)}</b><span>{tenths(then.score)} of {number(Math.round(then.possible))} points</span></div><Trend points={secure.map(secureDayOf)} top={100} label={`The secure score of ${name} in the last 90 days, in percent`} words={(value) => percent(value / 100)} /></>
        )}
      </Section>}
      {name !== 'Unassigned' && <Section title="Extended support of operating systems"><p className="text"><ExtendedSupport scope="group" value={name} name={name} /></p></Section>}
      {may('Machine.Read.All') && <Section title="Devices" end={<Link to={`/devices?group=${encodeURIComponent(name)}`}>{group ? plural(group.machines, 'device') : 'All devices'}</Link>}>
        <SmallList<Machine> source="/api/machines" options={{ filter: `rbacGroupName eq ${quote(name)}`, orderby: 'exposureScore desc', select: ['id', 'computerDnsName', 'exposureLevel', 'lastSeen'] }} rowKey={(r) => r.id} label="Devices" none="No device is in it."
          columns={[
            { title: 'Device', show: (r) => <Link to={`/devices/${r.id}`}>{r.computerDnsName}</Link> },
            { title: 'Exposure level', width: 120, show: (r) => <Level level={r.exposureLevel} /> },
            { title: 'Last seen', width: 120, show: (r) => ago(r.lastSeen) },
          ]} />
      </Section>}
      {may('SecurityRecommendation.Read.All') && (
        <Section title="Top security recommendations">
          <SmallList<{ id: string; recommendationName: string; exposedMachinesCount: number }> source={`/api/deviceGroups/${encodeURIComponent(name)}/recommendations`} rowKey={(r) => r.id} first={6} label="Top security recommendations" none="Nothing to do."
            columns={[
              { title: 'Recommendation', show: (r) => <Link to={`/recommendations?open=${encodeURIComponent(r.id)}&${only}`} title={r.recommendationName}>{r.recommendationName}</Link> },
              { title: 'Exposed devices', width: 130, numeric: true, show: (r) => number(r.exposedMachinesCount) },
            ]} />
        </Section>
      )}
    </Panel>
  );
}

function GroupForm({ group, close, changed }: { group?: DeviceGroup; close: () => void; changed: () => Promise<void> }) {
  const [name, setName] = useState(group?.name ?? '');
  const [rank, setRank] = useState(group?.rank ? String(group.rank) : '');
  const [rows, setRows] = useState<{ property: string; operator: string; text: string }[]>(group?.conditions.map((one) => ({ ...one, text: one.values.join(', ') })) ?? [{ property: 'name', operator: 'startsWith', text: '' }]);
  const conditions: Condition[] = rows.map(({ property, operator, text }) => ({ property, operator, values: text.split(',').map((value) => value.trim()).filter(Boolean) })).filter(({ values }) => values.length);
  const put = (at: number, part: Partial<(typeof rows)[number]>) => setRows(rows.map((row, i) => (i === at ? { ...row, ...part } : row)));
  const save = async () => {
    const body = { name, conditions, ...(rank ? { rank: Number(rank) } : {}) };
    if (group) await send('PATCH', `/api/deviceGroups/${encodeURIComponent(group.name)}`, body);
    else await send('POST', '/api/deviceGroups', body);
    await changed();
  };
  return (
    <FormDialog title={group ? `Change ${group.name}` : 'Add a device group'} submit={group ? 'Save' : 'Add'} ready={!!name.trim()} send={save} close={close}>
      <div className="form-row">
        <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
        <Field label="Rank" hint="1 is looked at first; empty: last"><Input type="number" min={1} value={rank} onChange={(_, { value }) => setRank(value)} /></Field>
      </div>
      {rows.map((row, i) => (
        <div key={i} className="condition">
          <Select aria-label="Property" value={row.property} onChange={(_, { value }) => put(i, { property: value })}>{properties.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</Select>
          <Select aria-label="Operator" value={row.operator} onChange={(_, { value }) => put(i, { operator: value })}>{operators.map(([value, label]) => <option key={value} value={value}>{label}</option>)}</Select>
          <Input aria-label="Values, with commas between" placeholder="with commas between" value={row.text} onChange={(_, { value }) => put(i, { text: value })} />
          <Button onClick={() => setRows(rows.filter((_, at) => at !== i))} aria-label="Remove this condition">Remove</Button>
        </div>
      ))}
      <div><Button onClick={() => setRows([...rows, { property: 'name', operator: 'contains', text: '' }])}>And ...</Button></div>
      {conditions.length > 0 && (
        <Preview<{ count: number; value?: { computerDnsName: string }[] }> path="/api/deviceGroups/preview" wanted={{ conditions }} label="Devices that fit" waiting="Looking">
          {({ count, value }) => <><b>{plural(count, 'device')} would fit</b><span className="quiet">{value?.map(({ computerDnsName }) => computerDnsName).join(', ')}</span></>}
        </Preview>
      )}
    </FormDialog>
  );
}
