// Security recommendations: what to do, most urgent first.
import { useAsOf } from '../app/scope';
import { Head } from '../ui/head';
import { RecommendationList, named } from './recommendation_list';

export default function Recommendations() {
  const asOf = useAsOf();
  return (
    <div className="page fills">
      <Head title="Security recommendations" text="What to do, most urgent first: by threat, by likelihood of a breach and by the value of the devices. Tick several to see what they would do to the scores." />
      <RecommendationList name="recommendations" source="/api/recommendations" whatIf={!asOf} fixed={asOf ? named : undefined}
        empty={asOf ? { title: 'No recommendation is remembered of that day', text: 'What each day recommended is kept from the first inventory on, as long as the server\u2019s history.days says.' } : { title: 'Nothing to do', text: <>Everything is up to date and every check passes, or no inventory has come yet: <code>merlon collect --import</code> reads this machine, <code>merlon import FILE</code> takes others.</> }} />
    </div>
  );
}
