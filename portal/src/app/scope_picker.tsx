// In the top bar: the device groups that every screen is about.
import { useState } from 'react';
import { Menu, MenuButton, MenuDivider, MenuItem, MenuItemCheckbox, MenuList, MenuPopover, MenuTrigger } from '@fluentui/react-components';
import { GroupListRegular } from '@fluentui/react-icons';
import { useGroups } from '../ui/groups';
import { number } from '../ui/words';
import { useChoose, useScope } from './scope';
import { useSession } from './session';

export function ScopePicker() {
  const { may } = useSession();
  return may('Score.Read.All') ? <Picker /> : null;
}

function Picker() {
  const chooseAbout = useChoose();
  const choose = (next: string[]) => chooseAbout({ groups: next });
  const scope = useScope();
  const groups = useGroups();
  const [draft, setDraft] = useState<string[]>();
  const known = groups.data ?? scope;
  // Who sees one group only reads its name.
  const words = !scope.length ? (known.length === 1 ? known[0]! : 'All device groups') : scope.length === 1 ? scope[0]! : `${number(scope.length)} of ${number(known.length)} groups`;
  // Several ticks are one choice: it holds when the menu closes.
  const turn = (open: boolean) => {
    if (open) return setDraft(scope);
    if (draft) choose(draft.length === known.length ? [] : draft);
    setDraft(undefined);
  };
  return (
    <Menu persistOnItemClick open={draft !== undefined} onOpenChange={(_, { open }) => turn(open)} checkedValues={{ scope: draft ?? scope }} onCheckedValueChange={(_, { checkedItems }) => setDraft(known.filter((group) => checkedItems.includes(group)))}>
      <MenuTrigger disableButtonEnhancement>
        <MenuButton appearance="transparent" className={scope.length ? 'top-button top-scope narrowed' : 'top-button top-scope'} icon={<GroupListRegular />} aria-label={`Device groups: ${words}`}><span className="top-words">{words}</span></MenuButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem persistOnClick={false} onClick={() => { setDraft(undefined); choose([]); }}>All device groups</MenuItem>
          <MenuDivider />
          {known.map((group) => <MenuItemCheckbox key={group} name="scope" value={group}>{group}</MenuItemCheckbox>)}
          {!known.length && <MenuItem disabled>{groups.error ? 'The groups could not be read' : groups.isPending ? 'Loading' : 'No device is in a group'}</MenuItem>}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
