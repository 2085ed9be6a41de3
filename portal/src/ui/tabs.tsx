import { useEffect, useRef } from 'react';
import { Tab, TabList } from '@fluentui/react-components';

export interface TabEntry { key: string; title: string; count?: number }

export function Tabs({ tabs, at, go, label, small }: { tabs: TabEntry[]; at: string; go: (key: string) => void; label: string; small?: boolean }) {
  const list = useRef<HTMLDivElement>(null);
  // Where not all have room the chosen one is in sight, also when counts have made the others wider.
  const counts = tabs.map(({ count }) => count).join();
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [at, counts]);
  return (
    <TabList ref={list} selectedValue={at} onTabSelect={(_, { value }) => go(String(value))} aria-label={label} className="tabs" size={small ? 'small' : 'medium'} appearance={small ? 'subtle-circular' : 'transparent'}>
      {tabs.map(({ key, title, count }) => (
        <Tab key={key} value={key}>{title}{count !== undefined && <span className="tab-count">{count.toLocaleString()}</span>}</Tab>
      ))}
    </TabList>
  );
}
