// Below the list while recommendations are ticked: what the scores would be when they were all done.
import { Button, Spinner } from '@fluentui/react-components';
import { ArrowRightRegular } from '@fluentui/react-icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { send } from '../api/client';
import type { WhatIf } from '../api/kinds';
import { TroubleLine } from '../ui/states';
import { plural, tenths } from '../ui/words';

export function WhatIfTray({ ids, clear }: { ids: string[]; clear: () => void }) {
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['what-if', ids],
    queryFn: ({ signal }) => send<WhatIf>('POST', '/api/merlon/whatIf', { recommendations: ids }, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="tray" aria-label="What if" aria-live="polite">
      <div className="tray-what"><b>What if</b><span>{plural(ids.length, 'recommendation')}, done everywhere</span></div>
      {error && <TroubleLine what="What it would do is not known" error={error} again={() => void refetch()} />}
      {data && <Move name="Exposure score" before={data.exposureScore} after={data.exposureScoreThen} />}
      {data && <Move name="Secure score" before={data.configurationScore} after={data.configurationScoreThen} />}
      {isFetching && <Spinner size="tiny" aria-label="Computing" />}
      <Button appearance="subtle" onClick={clear} className="tray-clear">Clear</Button>
    </section>
  );
}

function Move({ name, before, after }: { name: string; before: number; after: number }) {
  const change = after - before;
  return (
    <div className="move">
      <span className="quiet">{name}</span>
      <span className="move-figures">{tenths(before)} <ArrowRightRegular aria-label="becomes" /> <b>{tenths(after)}</b> <span className="good">{Math.abs(change) < 0.05 ? 'no change' : `${change > 0 ? '+' : '\u2212'}${tenths(Math.abs(change))}`}</span></span>
    </div>
  );
}
