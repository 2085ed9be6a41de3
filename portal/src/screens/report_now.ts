// What the report's pictures of now, and the last day of its trends, count: one pass over what the fleet has answers all of them, where
// a query for each took six.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { send } from '../api/client';
import { useScope } from '../app/scope';

// Devices that are alike. Exploit and Age are -1 where nothing is known of any CVE of theirs.
export interface Alike { Rank: number; Exploited: number; Exploit: number; Age: number; OSPlatform: string; OSVersionInfo: string; Devices: number }

export const severityRank = 'case(VulnerabilitySeverityLevel == "Critical", 4, VulnerabilitySeverityLevel == "High", 3, VulnerabilitySeverityLevel == "Medium", 2, 1)';
export const ageRank = 'case(Days > 365, 4, Days > 180, 3, Days > 90, 2, Days > 30, 1, 0)';

const kql = `DeviceTvmSoftwareVulnerabilities
| join kind=leftouter (DeviceTvmSoftwareVulnerabilitiesKB | project CveId, IsExploitAvailable, PublishedDate) on CveId
| summarize Rank = max(${severityRank}), Exploited = max(iff(CveTags has "KnownExploited", 1, 0)),
    Exploit = max(case(isnull(IsExploitAvailable), -1, IsExploitAvailable, 1, 0)), Oldest = min(PublishedDate) by DeviceId
| extend Days = datetime_diff("day", now(), Oldest)
| extend Age = iff(isnull(Days), -1, ${ageRank})
| join kind=leftouter (DeviceInfo | project DeviceId, OSPlatform, OSVersionInfo) on DeviceId
| summarize Devices = count() by Rank, Exploited, Exploit, Age, OSPlatform, OSVersionInfo`;

const asked = (scope: string[]) => ({
  queryKey: ['report-now', scope],
  queryFn: async ({ signal }: { signal: AbortSignal }) => (await send<{ Results: Alike[] }>('POST', '/api/advancedqueries/run', { Query: kql }, signal)).Results,
});

export function useNow(enabled: boolean) {
  return useQuery({ ...asked(useScope()), enabled });
}

// The same for who asks in between.
export function useAskNow() {
  const queries = useQueryClient();
  const scope = useScope();
  return () => queries.fetchQuery(asked(scope));
}
