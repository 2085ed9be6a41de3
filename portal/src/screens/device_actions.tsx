// What people say of a device: its value, its tags, and whether it counts.
import { useState } from 'react';
import { Button, Field, Input, Menu, MenuItem, MenuItemRadio, MenuList, MenuPopover, MenuTrigger, Radio, RadioGroup, Tag, TagGroup, Textarea } from '@fluentui/react-components';
import { useNavigate } from 'react-router';
import { send } from '../api/client';
import type { Machine } from '../api/kinds';
import { huntingAddress, kqlText } from '../app/hunting';
import { saveReport } from '../app/report';
import { useSession } from '../app/session';
import { useAct, type Change } from '../ui/act';
import { FormDialog } from '../ui/form';
import { TagChoice } from '../ui/tag_choice';

export function DeviceActions({ one, path }: { one: Machine; path: string }) {
  const { act, submit } = useAct();
  const { may } = useSession();
  const navigate = useNavigate();
  const [form, setForm] = useState<'tags' | 'exclude'>();
  const change = (call: () => Promise<unknown>, done: string, part: Partial<Machine>, back: () => Promise<unknown>): Change =>
    ({ send: call, done, failed: `${one.computerDnsName} was not changed`, back, shown: { key: ['machine', one.id], part } });
  const value = (word: string) => send('POST', `${path}/setDeviceValue`, { DeviceValue: word });
  const exclude = (justification: string, note: string) => send('POST', `${path}/exclude`, { justification, note });
  const include = () => send('POST', `${path}/include`, {});
  const tag = (tags: string[]) => send('PATCH', path, { machineTags: tags });
  return (
    <>
      <Menu checkedValues={{ value: [one.deviceValue] }} onCheckedValueChange={(_, { checkedItems: [word] }) => word && void act(change(() => value(word), `The device value is ${word}.`, { deviceValue: word }, () => value(one.deviceValue)))}>
        <MenuTrigger disableButtonEnhancement><Button>Device value: {one.deviceValue}</Button></MenuTrigger>
        <MenuPopover><MenuList>{['High', 'Normal', 'Low'].map((word) => <MenuItemRadio key={word} name="value" value={word}>{word}</MenuItemRadio>)}</MenuList></MenuPopover>
      </Menu>
      <Button onClick={() => setForm('tags')}>Manage tags</Button>
      <Menu>
        <MenuTrigger disableButtonEnhancement><Button>More</Button></MenuTrigger>
        <MenuPopover><MenuList>
          <MenuItem onClick={() => void act({ send: () => send('POST', `${path}/rescan`), done: 'A fresh inventory is asked for; it is here within a minute or two.', failed: `${one.computerDnsName} was not asked` })}>Ask for a fresh inventory</MenuItem>
          {may('AdvancedQuery.Read.All') && <MenuItem onClick={() => void navigate(huntingAddress(`DeviceTvmSoftwareVulnerabilities\n| where DeviceId == ${kqlText(one.id)}`))}>Hunt for its weaknesses</MenuItem>}
          <MenuItem onClick={() => window.print()}>Print this page</MenuItem>
          <MenuItem onClick={() => saveReport(`merlon-${one.computerDnsName.replace(/[^\w.-]/g, '_')}`)}>Save this page as a file</MenuItem>
          {one.isExcluded ? <MenuItem onClick={() => void act(change(include, 'It counts again.', { isExcluded: false }, () => exclude('Other', 'excluded again')))}>Include again</MenuItem> : <MenuItem onClick={() => setForm('exclude')}>Exclude ...</MenuItem>}
        </MenuList></MenuPopover>
      </Menu>
      {form === 'tags' && <TagForm one={one} close={() => setForm(undefined)} save={(tags) => submit(change(() => tag(tags), 'The tags are saved.', { machineTags: tags }, () => tag(one.machineTags)))} />}
      {form === 'exclude' && <ExcludeForm name={one.computerDnsName} close={() => setForm(undefined)} save={(justification, note) => submit(change(() => exclude(justification, note), 'It is excluded.', { isExcluded: true }, include))} />}
    </>
  );
}

function TagForm({ one, close, save }: { one: Machine; close: () => void; save: (tags: string[]) => Promise<void> }) {
  const [tags, setTags] = useState(one.machineTags);
  const [next, setNext] = useState('');
  const add = () => {
    const word = next.trim();
    if (word && !tags.includes(word)) setTags([...tags, word]);
    setNext('');
  };
  return (
    <FormDialog title={`Tags of ${one.computerDnsName}`} submit="Save" ready close={close} send={() => save(next.trim() && !tags.includes(next.trim()) ? [...tags, next.trim()] : tags)}>
      <TagGroup aria-label="Tags" onDismiss={(_, { value }) => setTags(tags.filter((tag) => tag !== value))}>
        {tags.map((tag) => <Tag key={tag} value={tag} dismissible dismissIcon={{ 'aria-label': `remove ${tag}` }}>{tag}</Tag>)}
      </TagGroup>
      <div className="inline"><Field label="New tag"><Input value={next} onChange={(_, { value }) => setNext(value)} onKeyDown={(event) => { if (event.key === 'Enter' && next.trim()) { event.preventDefault(); add(); } }} /></Field><Button onClick={add} disabledFocusable={!next.trim()}>Add</Button></div>
      <TagChoice chosen={tags} choose={setTags} />
    </FormDialog>
  );
}

const reasons: [string, string][] = [['InactiveDevice', 'Inactive device'], ['DuplicateDevice', 'Duplicate device'], ['DeviceDoesNotExist', 'The device does not exist'], ['OutOfScope', 'Out of scope'], ['Other', 'Other']];

export function ExcludeForm({ name, close, save }: { name: string; close: () => void; save: (justification: string, note: string) => Promise<void> }) {
  const [justification, setJustification] = useState('OutOfScope');
  const [note, setNote] = useState('');
  return (
    <FormDialog title={`Exclude ${name}`} submit="Exclude" ready close={close} send={() => save(justification, note)}>
      <p>What is excluded leaves counts, scores and recommendations at once. Inventories go on being taken, and it can be included again at any time.</p>
      <Field label="Justification"><RadioGroup value={justification} onChange={(_, { value }) => setJustification(value)}>{reasons.map(([value, words]) => <Radio key={value} value={value} label={words} />)}</RadioGroup></Field>
      <Field label="Note"><Textarea value={note} onChange={(_, { value }) => setNote(value)} /></Field>
    </FormDialog>
  );
}
