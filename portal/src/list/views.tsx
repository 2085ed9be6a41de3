// Views of a list that a person keeps: search, filters, sort and columns under a name. They are kept in this browser; the
// address of a view is what one sends to somebody else.
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { Button, Field, Input, Menu, MenuDivider, MenuItem, MenuList, MenuPopover, MenuTrigger, Tooltip } from '@fluentui/react-components';
import { BookmarkRegular, DeleteRegular } from '@fluentui/react-icons';
import { FormDialog } from '../ui/form';
import { useToasts } from '../ui/toast';

interface View { name: string; search: string }

const keyOf = (list: string) => `merlon.views.${list}`;
function read(list: string): View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(list)) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one): one is View => typeof one?.name === 'string' && typeof one?.search === 'string') : [];
  } catch {
    return [];
  }
}

// What of the address belongs to the view: not the panel that happens to be open, nor the device groups and the day.
const part = (params: URLSearchParams) => {
  const kept = new URLSearchParams(params);
  ['open', 'scope', 'asOf'].forEach((name) => kept.delete(name));
  return kept.toString();
};

export function Views({ list }: { list: string }) {
  const navigate = useNavigate();
  const toasts = useToasts();
  const [params] = useSearchParams();
  const [views, setViews] = useState(() => read(list));
  const [naming, setNaming] = useState(false);
  const keep = (next: View[]) => {
    setViews(next);
    localStorage.setItem(keyOf(list), JSON.stringify(next));
  };
  const drop = (view: View) => {
    keep(views.filter((one) => one !== view));
    toasts.done(`The view ${view.name} is gone.`, () => keep(views));
  };
  const now = part(params);
  return (
    <>
      <Menu>
        <MenuTrigger disableButtonEnhancement>
          <Tooltip content="Views" relationship="label"><Button appearance="subtle" icon={<BookmarkRegular />} /></Tooltip>
        </MenuTrigger>
        <MenuPopover>
          <MenuList>
            {views.map((view) => (
              <MenuItem key={view.name} onClick={() => void navigate({ search: view.search })} secondaryContent={view.search === now ? 'shown' : undefined}>{view.name}</MenuItem>
            ))}
            {views.length > 0 && <MenuDivider />}
            <MenuItem icon={<BookmarkRegular />} onClick={() => setNaming(true)}>Keep this view ...</MenuItem>
            {views.filter(({ search }) => search === now).map((view) => <MenuItem key={view.name} icon={<DeleteRegular />} onClick={() => drop(view)}>Forget {view.name}</MenuItem>)}
          </MenuList>
        </MenuPopover>
      </Menu>
      {naming && <Naming close={() => setNaming(false)} keep={(name) => keep([...views.filter((one) => one.name !== name), { name, search: now }].toSorted((a, b) => a.name.localeCompare(b.name)))} />}
    </>
  );
}

function Naming({ close, keep }: { close: () => void; keep: (name: string) => void }) {
  const [name, setName] = useState('');
  return (
    <FormDialog title="Keep this view" submit="Keep" ready={!!name.trim()} close={close} send={async () => keep(name.trim())}>
      <Field label="Name" required hint="Search, filters, sort and columns as they are now, in this browser"><Input value={name} onChange={(_, { value }) => setName(value)} autoFocus /></Field>
    </FormDialog>
  );
}
