// What a role may not see, said where it was asked for: a screen, or a tab of one.
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { wordsOfPermission } from '../screens/permission_words';
import { useTab } from '../ui/address';
import { Explain } from '../ui/states';
import { useSession } from './session';

export function Refused({ what, permission, alone, action }: { what: string; permission: string; alone?: boolean; action?: ReactNode }) {
  return (
    <Explain alone={alone} title={`\u201c${what}\u201d is not for your role`} action={action}
      text={<>It needs the permission <b>{wordsOfPermission(permission)}</b> (<code>{permission}</code>). <Link to="/settings?tab=roles">Which roles have it</Link> is told under Settings; who manages users there can give you another role.</>} />
  );
}

// The tabs that the role may read, and which is shown. Where an address names one that it may not, that is said, and no other is shown
// in its place.
export function useMyTabs<Tab extends { key: string; title: string; permission: string }>(all: Tab[]) {
  const { may } = useSession();
  const shown = all.filter(({ permission }) => may(permission));
  const others = all.filter((tab) => !shown.includes(tab));
  const [at, go] = useTab([...shown, ...others].map(({ key }) => key));
  const other = others.find(({ key }) => key === at);
  return { shown, at, go, tab: shown.find(({ key }) => key === at), refused: other && <Refused what={other.title} permission={other.permission} /> };
}
