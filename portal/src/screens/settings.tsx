// Settings: people, programs, tokens, and the audit of what they did. More tabs are entries of `tabs`.
import type { ComponentType } from 'react';
import { useMyTabs } from '../app/refused';
import { Head } from '../ui/head';
import { Tabs } from '../ui/tabs';
import { Agents } from './settings_agents';
import { Applications } from './settings_applications';
import { Audit } from './settings_audit';
import { Groups } from './settings_groups';
import { Notifications } from './settings_notifications';
import { Roles } from './settings_roles';
import { Sessions } from './settings_sessions';
import { Targets } from './settings_targets';
import { Tokens } from './settings_tokens';
import { Users } from './settings_users';

const tabs: { key: string; title: string; permission: string; fills?: boolean; Component: ComponentType }[] = [
  { key: 'users', title: 'Users', permission: 'Merlon.Access.Manage', Component: Users },
  { key: 'roles', title: 'Roles', permission: '', Component: Roles },
  { key: 'applications', title: 'Applications', permission: 'Merlon.Access.Manage', Component: Applications },
  { key: 'tokens', title: 'Personal tokens', permission: '', Component: Tokens },
  { key: 'sessions', title: 'Sessions', permission: '', Component: Sessions },
  { key: 'agents', title: 'Agents', permission: 'Machine.Read.All', Component: Agents },
  { key: 'groups', title: 'Device groups', permission: 'DeviceGroup.Read.All', Component: Groups },
  { key: 'targets', title: 'Service targets', permission: 'RemediationTasks.Read.All', Component: Targets },
  { key: 'notifications', title: 'Notifications', permission: 'Merlon.Notifications.Manage', Component: Notifications },
  { key: 'audit', title: 'Audit', permission: 'Merlon.Audit.Read', fills: true, Component: Audit },
];

export default function Settings() {
  const { shown, at, go, tab, refused } = useMyTabs(tabs);
  return (
    <div className={tab?.fills ? 'page fills' : 'page'}>
      <Head title="Settings" />
      <Tabs label="Settings" tabs={shown} at={at} go={go} />
      {refused ?? (tab && <tab.Component />)}
    </div>
  );
}
