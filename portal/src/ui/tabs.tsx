import { Tab, TabList } from '@fluentui/react-components';

export interface TabEntry { key: string; title: string; count?: number }

export function Tabs({ tabs, at, go, label, small }: { tabs: TabEntry[]; at: string; go: (key: string) => void; label: string; small?: boolean }) {
  return (
    <TabList selectedValue={at} onTabSelect={(_, { value }) => go(String(value))} aria-label={label} className="tabs" size={small ? 'small' : 'medium'} appearance={small ? 'subtle-circular' : 'transparent'}>
      {tabs.map(({ key, title, count }) => (
        <Tab key={key} value={key}>{title}{count !== undefined && <span className="tab-count">{count.toLocaleString()}</span>}</Tab>
      ))}
    </TabList>
  );
}
