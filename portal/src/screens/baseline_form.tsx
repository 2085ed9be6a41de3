// A baseline profile is made or changed: what it is called, which settings of which benchmark, for which devices; then all of it is read once more.
import { useDeferredValue, useState } from 'react';
import { Button, Checkbox, Field, Input, Radio, RadioGroup, Textarea } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { get, send } from '../api/client';
import { address, quote, type Page } from '../api/odata';
import { useAct } from '../ui/act';
import { FormDialog } from '../ui/form';
import { GroupChoice } from '../ui/groups';
import { Facts } from '../ui/panel';
import { Bones, Trouble } from '../ui/states';
import { TagChoice } from '../ui/tag_choice';
import { number, plural } from '../ui/words';

export interface Profile {
  id: string; name: string; description: string; benchmark: string; version: string; operatingSystem: string; status: boolean; complianceLevel: string; settingsNumber: number;
  passedDevices: number; totalDevices: number; passedDevicesBeforeExceptions: number; compliance: number | null; benchmarkId: string; level: number;
  configurations: string[]; deviceGroups: string[]; tags: string[]; isBuiltIn: boolean; assessedOn: string | null;
}
interface Setting { id: string; name: string; category: string; complianceLevels: string[]; recommendedValue: string[] }

// Both hold where both are given.
export const appliesTo = ({ deviceGroups, tags }: Pick<Profile, 'deviceGroups' | 'tags'>) => `${deviceGroups.join(', ') || 'All devices'}${tags.length ? ` with the tag ${tags.join(' or ')}` : ''}`;
const benchmarks: [string, string][] = [['windows', 'Windows'], ['macos', 'macOS'], ['linux', 'Linux']];
const asked = (r: Profile) => ({ name: r.name, description: r.description, benchmark: r.benchmarkId, level: r.level, configurations: r.configurations, deviceGroups: r.deviceGroups, tags: r.tags, status: r.status });

export function ProfileForm({ one, close, made }: { one?: Profile; close: () => void; made?: (id: string) => void }) {
  const { tell } = useAct();
  const [name, setName] = useState(one?.name ?? '');
  const [description, setDescription] = useState(one?.description ?? '');
  const [benchmark, setBenchmark] = useState(one?.benchmarkId ?? 'windows');
  const [level, setLevel] = useState(String(one?.level ?? 1));
  const [chosen, choose] = useState<string[] | undefined>(one?.configurations.length ? one.configurations : undefined); // undefined: all of the level
  const [groups, setGroups] = useState<string[] | undefined>(one?.deviceGroups.length ? one.deviceGroups : undefined);
  const [tagText, setTagText] = useState(one?.tags.join(', ') ?? '');
  const [reviewing, review] = useState(false);
  const settings = useQuery({
    queryKey: ['baseline-settings', benchmark],
    queryFn: ({ signal }) => get<Page<Setting>>(address('/api/baselineConfigurations', { filter: `benchmarkId eq ${quote(benchmark)}`, select: ['id', 'name', 'category', 'complianceLevels', 'recommendedValue'], top: 1000 }), signal),
  });
  const of = (settings.data?.value ?? []).filter(({ complianceLevels }) => complianceLevels.includes(`Level ${level}`));
  const taken = chosen ? of.filter(({ id }) => chosen.includes(id)) : of;
  const tags = [...new Set(tagText.split(',').map((tag) => tag.trim()).filter(Boolean))];
  const body = { name: name.trim(), description, benchmark, level: Number(level), configurations: chosen ? taken.map(({ id }) => id) : [], deviceGroups: groups ?? [], tags };
  const save = async () => {
    if (one) {
      const path = `/api/baselineProfiles/${encodeURIComponent(one.id)}`;
      await send('PATCH', path, body);
      void tell(`${body.name} is changed.`, () => send('PATCH', path, asked(one)));
      return;
    }
    const { id } = await send<Profile>('POST', '/api/baselineProfiles', { ...body, status: true });
    made?.(id);
    void tell(`${body.name} is assessed from now on.`, () => send('DELETE', `/api/baselineProfiles/${encodeURIComponent(id)}`));
  };
  return (
    <FormDialog title={one ? `Change ${one.name}` : 'New baseline profile'} submit={!reviewing ? 'Review' : one ? 'Save' : 'Make it'} ready={!!body.name && taken.length > 0 && (!groups || groups.length > 0)}
      next={reviewing ? undefined : () => review(true)} back={reviewing ? () => review(false) : undefined} send={save} close={close}>
      {reviewing ? (
        <>
          <Facts facts={[
            ['Name', body.name], ['Benchmark', benchmarks.find(([id]) => id === benchmark)?.[1]], ['Level', level], ['Applies to', appliesTo(body)],
            ['Settings', chosen ? `${number(taken.length)} of the ${number(of.length)} of its level` : `All ${number(of.length)} of its level`], ['Description', description],
          ]} />
          <ul className="chosen" aria-label="Settings of the profile" tabIndex={0}>{taken.map((r) => <li key={r.id}>{r.name} <span className="quiet">{r.recommendedValue.join('; ')}</span></li>)}</ul>
        </>
      ) : (
        <>
          <Field label="Name" required><Input value={name} onChange={(_, { value }) => setName(value)} /></Field>
          <Field label="Description"><Textarea value={description} onChange={(_, { value }) => setDescription(value)} resize="vertical" /></Field>
          <Field label="Benchmark"><RadioGroup layout="horizontal" value={benchmark} onChange={(_, { value }) => { setBenchmark(value); choose(undefined); }}>{benchmarks.map(([value, label]) => <Radio key={value} value={value} label={label} />)}</RadioGroup></Field>
          <Field label="Level">
            <RadioGroup value={level} onChange={(_, { value }) => setLevel(value)}>
              <Radio value="1" label="1: holds for nearly every device, and is hardly noticed" />
              <Radio value="2" label="2: the first, and what users notice or what should be tried out before" />
            </RadioGroup>
          </Field>
          <Field label="Settings">
            <RadioGroup layout="horizontal" value={chosen ? 'some' : 'all'} onChange={(_, { value }) => choose(value === 'all' ? undefined : [])}>
              <Radio value="all" label="All of the level" />
              <Radio value="some" label="Some of them" />
            </RadioGroup>
          </Field>
          {chosen && (settings.error ? <Trouble error={settings.error} again={() => void settings.refetch()} /> : !settings.data ? <Bones lines={6} /> : <SettingChoice of={of} chosen={chosen} choose={choose} />)}
          <GroupChoice label="Applies to" chosen={groups} choose={setGroups} />
          <Field label="Tags of devices" hint="With commas between; a device with one of them is enough. None: whatever its tags are."><Input value={tagText} onChange={(_, { value }) => setTagText(value)} /></Field>
          <TagChoice chosen={tags} choose={(next) => setTagText(next.join(', '))} />
        </>
      )}
    </FormDialog>
  );
}

function SettingChoice({ of, chosen, choose }: { of: Setting[]; chosen: string[]; choose: (ids: string[]) => void }) {
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text).trim().toLowerCase();
  const shown = of.filter((r) => `${r.id} ${r.name} ${r.category}`.toLowerCase().includes(wanted));
  const sections = [...new Set(shown.map(({ category }) => category))];
  const ids = shown.map(({ id }) => id);
  const on = new Set(chosen);
  const count = of.filter(({ id }) => on.has(id)).length;
  return (
    <div className="form">
      <div className="inline">
        <Field label="Search settings"><Input type="search" value={text} onChange={(_, { value }) => setText(value)} /></Field>
        <Button onClick={() => choose([...new Set([...chosen, ...ids])])}>Choose these {number(shown.length)}</Button>
        <Button onClick={() => choose(chosen.filter((id) => !ids.includes(id)))}>None of these</Button>
      </div>
      <p className="quiet" role="status">{plural(count, 'setting')} of {number(of.length)} chosen</p>
      <div className="chosen" role="group" aria-label="Settings to choose from">
        {sections.map((section) => (
          <fieldset key={section}><legend>{section}</legend>
            {shown.filter(({ category }) => category === section).map((r) => (
              <div key={r.id}><Checkbox label={`${r.name}${r.complianceLevels.length === 1 ? ' (level 2)' : ''}`} checked={on.has(r.id)} onChange={(_, { checked }) => choose(checked ? [...chosen, r.id] : chosen.filter((id) => id !== r.id))} /></div>
            ))}
          </fieldset>
        ))}
        {!shown.length && <p className="quiet">No setting has these words.</p>}
      </div>
    </div>
  );
}
