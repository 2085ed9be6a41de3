// What a form would do, asked from the server while the form is filled in and before it is sent.
import { useEffect, useState, type ReactNode } from 'react';
import { Spinner } from '@fluentui/react-components';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { send } from '../api/client';
import { TroubleLine } from './states';

interface Props<Effect> { path: string; wanted: object; label?: string; waiting?: string; children: (effect: Effect, newer: boolean) => ReactNode }

export function Preview<Effect>({ path, wanted, label = 'What it would do', waiting = 'Computing what it would do', children }: Props<Effect>) {
  const key = JSON.stringify(wanted);
  const [asked, ask] = useState(key);
  useEffect(() => {
    const later = setTimeout(() => ask(key), 200);
    return () => clearTimeout(later);
  }, [key]);
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['preview', path, asked],
    queryFn: ({ signal }) => send<Effect>('POST', path, JSON.parse(asked), signal),
    placeholderData: keepPreviousData,
  });
  return (
    <section className="effect" aria-label={label} aria-live="polite">
      {error ? <TroubleLine what={`${label} is not known`} error={error} again={() => void refetch()} /> : data === undefined ? <Spinner size="tiny" label={waiting} /> : children(data, isFetching || asked !== key)}
    </section>
  );
}
