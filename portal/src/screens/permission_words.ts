// What permissions mean, in the words of Defender's roles; the names are those of the API. "X.ReadWrite.All" includes "X.Read.All".
export interface Permission { read?: string; write?: string; words: string; allows: string }
export interface Area { title: string; permissions: Permission[] }

const both = (stem: string, words: string, allows: string): Permission => ({ read: `${stem}.Read.All`, write: `${stem}.ReadWrite.All`, words, allows });
const reads = (read: string, words: string, allows: string): Permission => ({ read, words, allows });
const writes = (write: string, words: string, allows: string): Permission => ({ write, words, allows });

export const areas: Area[] = [
  { title: 'Vulnerability management', permissions: [
    reads('Software.Read.All', 'Software inventory', 'products, versions, extensions, hardware'),
    reads('Vulnerability.Read.All', 'Weaknesses', 'CVEs, events, configuration, certificates'),
    reads('SecurityRecommendation.Read.All', 'Security recommendations', 'what to do, and what it would bring'),
    reads('Score.Read.All', 'Scores', 'exposure score and secure score'),
    both('RemediationTasks', 'Remediation handling', 'ask for remediation, close activities'),
    both('Exception', 'Exception handling', 'make, approve and cancel exceptions'),
    both('SecurityBaselinesAssessment', 'Security baselines', 'make baseline profiles'),
    both('Merlon.Corrections', 'Corrections', 'say that a finding or a product is wrong'),
    writes('Merlon.ServiceTargets.Manage', 'Service targets', 'say how soon findings are to be fixed'),
  ] },
  { title: 'Security operations', permissions: [
    both('Machine', 'Devices', 'set value and tags, exclude, ask for inventories'),
    both('DeviceGroup', 'Device groups', 'make rules that put devices into groups'),
    both('Alert', 'Alerts', 'assign, classify and resolve'),
    both('CustomDetection', 'Custom detections', 'make queries that raise alerts'),
    reads('AdvancedQuery.Read.All', 'Advanced hunting', 'ask the hunting tables'),
    reads('AdvancedHunting.Read.All', 'Advanced hunting (newer API)', 'the same over api/advancedhunting'),
    reads('ThreatHunting.Read.All', 'Advanced hunting (Graph)', 'the same over Graph'),
    writes('Merlon.SavedQueries.Write', 'Saved queries', 'save and share hunting queries'),
  ] },
  { title: 'Administration', permissions: [
    writes('Merlon.Access.Manage', 'Users and roles', 'people, roles, applications, enrolment secrets'),
    reads('User.Read.All', 'Users of devices', 'who is logged on to a device'),
    writes('Merlon.Notifications.Manage', 'Notifications', 'channels and rules'),
    reads('Merlon.Feeds.Read', 'Feeds and health', 'how fresh the knowledge is'),
    writes('Merlon.Feeds.Update', 'Fetch feeds', 'fetch knowledge now'),
    reads('Merlon.Audit.Read', 'Audit', 'who did what'),
  ] },
];

// "Alerts: View"
export function wordsOfPermission(name: string): string {
  const one = areas.flatMap(({ permissions }) => permissions).find(({ read, write }) => read === name || write === name);
  return !one ? name : one.read && one.write ? `${one.words}: ${one.read === name ? 'View' : 'Manage'}` : one.words;
}

const named = new Set(areas.flatMap(({ permissions }) => permissions.flatMap(({ read, write }) => [read, write])));

// The areas, with what this page has no words for at the end, under its own name.
export function allAreas(known: string[]): Area[] {
  const rest = known.filter((one) => one !== '*' && !named.has(one));
  return rest.length ? [...areas, { title: 'Other', permissions: rest.map((name) => writes(name, name, '')) }] : areas;
}
