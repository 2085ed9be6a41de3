// Security recommendations: what to do, most urgent first.
import { Head } from '../ui/head';
import { RecommendationList } from './recommendation_list';

export default function Recommendations() {
  return (
    <div className="page fills">
      <Head title="Security recommendations" text="What to do, most urgent first: by threat, by likelihood of a breach and by the value of the devices. Tick several to see what they would do to the scores." />
      <RecommendationList name="recommendations" source="/api/recommendations" whatIf
        empty={{ title: 'Nothing to do', text: 'Everything is up to date and every check passes, or no inventory has come yet: see merlon collect and merlon import.' }} />
    </div>
  );
}
