// What the lists of the API hold (schema/api/*.json), as far as screens read it.

export interface ExposedDay { date: string; exposedMachinesCount: number }
export interface Recommendation {
  id: string; productName: string; recommendationName: string; vendor: string; recommendedVersion: string;
  weaknesses: number; recommendationCategory: string; subCategory: string; severityScore: number;
  publicExploit: boolean; activeAlert: boolean; remediationType: string; status: string;
  configScoreImpact: number; exposureImpact: number; totalMachineCount: number; exposedMachinesCount: number;
  relatedComponent: string; tags: string[]; description: string; priority: number; osPlatforms: string[];
  exceptionState: string; exposedMachinesAfterExceptions: number; exposedCriticalDevices: number;
  nonProductivityImpactedAssets: number; scid: string | null; remediationActivities: number;
  exposureImpactAfterExceptions: number; configScoreImpactAfterExceptions: number; exposedMachinesTrend: number | null; exposedMachinesByDay?: ExposedDay[]; associatedThreats: string[];
}
// Of one device the counts are about it alone, and these are the fleet's.
export interface MachineRecommendation extends Recommendation {
  fleetExposedMachinesCount: number; fleetExposedMachinesAfterExceptions: number; fleetTotalMachineCount: number;
  fleetExposedCriticalDevices: number; fleetExposureImpact: number; fleetExposureImpactAfterExceptions: number;
  installedVersions?: string[]; machineRecommendedVersion?: string; machineRecommendedVersionReason?: string | null; machineWeaknesses?: number;
}
export interface Machine {
  id: string; computerDnsName: string; firstSeen: string; lastSeen: string; osPlatform: string; osVersion: string;
  osArchitecture: string; version: string; osBuild: number | null; lastIpAddress: string; lastExternalIpAddress: string;
  healthStatus: string; onboardingStatus: string; osProcessor: string; rbacGroupName: string; riskScore: string; exposureLevel: string; deviceValue: string;
  isExcluded: boolean; machineTags: string[]; osName?: string | null;
  exposureScore?: number; discoveredVulnerabilities?: number; securityRecommendations?: number; // where they are asked for
  ipAddresses: { ipAddress: string; macAddress: string | null; operationalStatus: string; name?: string }[];
}
// What something comes to of the exposure score; by what it is listed, the members differ.
export interface ExposurePart {
  id: string; points: number; exposedMachines?: number; vendor?: string; name?: string; recommendationName?: string; computerDnsName?: string; exposureLevel?: string;
}
export interface DeviceExposure { id: string; softwareId: string; vendor: string; name: string; version: string; points: number; weaknesses: number; worstVulnerability: string | null; endOfSupport: boolean }
export interface MachineReference { id: string; computerDnsName: string; osPlatform: string; rbacGroupName: string; pendingRestart?: boolean | null; installedVersions?: string[]; machineRecommendedVersion?: string; machineRecommendedVersionReason?: string | null }
export interface Software {
  id: string; name: string; vendor: string; weaknesses: number; publicExploit: boolean; activeAlert: boolean;
  exposedMachines: number; installedMachines: number; impactScore: number; tags: string[]; osPlatforms: string[]; usage: number | null; productCodeAvailable?: boolean; exposedMachinesByDay?: ExposedDay[];
}
export interface Distribution {
  version: string; installations: number; vulnerabilities: number; endOfSupportStatus: string;
  endOfSupportDate: string | null; endOfSupportKnown: boolean; endOfSupportReason: string; endOfSupportSource: string | null; endOfSupportSourceDate: string | null; usage: number | null;
}
export interface Vulnerability {
  id: string; name: string; description: string; severity: string; cvssV3: number | null; cvssVector: string;
  exposedMachines: number; publishedOn: string | null; updatedOn: string | null; firstDetected: string | null;
  publicExploit: boolean; exploitVerified: boolean; exploitInKit: boolean; exploitTypes: string[]; exploitUris: string[];
  tags: string[]; relatedSoftware: string[]; epss: number | null; status?: string; exposedMachinesBeforeExceptions?: number;
}
export interface MissingKb { id: string; name: string; productsNames: string[]; url: string; machineMissedOn: number; cveAddressed: number; pendingRestartMachines?: number; replacedBy?: string[] }
export interface MachineInstallation {
  softwareId: string; productId: string; name: string; vendor: string; version: string; reportedName: string; reportedVendor: string;
  reportedVersion: string; source: string; assessed: boolean; weaknesses: number; paths: string[]; firstSeen: string | null;
  endOfSupportStatus: string; endOfSupportDate: string | null; endOfSupportReason: string; usage: number | null; knownExploited?: boolean; publicExploit?: boolean;
}
export interface SoftwareInstallation {
  id: string; deviceId: string; computerDnsName: string; osPlatform: string; rbacGroupName: string; version: string; exposed: boolean;
  endOfSupportStatus: string; endOfSupportDate: string | null; lastSeen: string;
}
export interface Evidence { kind: string; text: string }
export interface Finding {
  id: string; productVendor: string; productName: string; productVersion: string; fixState: string; fixedVersion: string;
  fixingKb: string; confidence: number; evidence: Evidence[];
}
export interface MachineFinding extends Finding {
  cveId: string; title: string; severity: string; cvssV3: number | null; epss: number | null; knownExploited: boolean;
  publicExploit: boolean; exploitVerified: boolean; exploitInKit: boolean; publishedOn: string | null; updatedOn: string | null; softwareId: string; firstSeen: string | null;
}
export interface VulnerabilityFinding extends Finding { osPlatform: string; machines: number }
export interface Configuration {
  id: string; name: string; description: string; risk: string; remediation: string; category: string; subcategory: string;
  platforms: string[]; weight: number; userImpact: boolean; sources: string[]; mitreTechniques: string[];
  applicableMachines: number; failingMachines: number;
}
export interface MachineConfiguration {
  id: string; configurationId: string; configurationCategory: string; configurationSubcategory: string; configurationImpact: number;
  configurationName: string; isCompliant: boolean; isApplicable: boolean; isExpectedUserImpact: boolean; recommendationReference: string;
  context: [string, string | null][]; timestamp: string | null;
}
export interface Feed { id: string; name: string; file: string; loadedAt: string | null; dataTime: string | null; records: number; kept: number; rejected: number; digest: string }
export interface WhatIf {
  exposureScore: number; exposureScoreThen: number; configurationScore: number; configurationScoreThen: number;
  parts: { id: string; name: string; exposureImpact: number; configScoreImpact: number }[];
}
export interface ConfigurationScore { score: number; possible: number; parts?: { rbacGroupName?: string; category?: string; score: number; possible: number }[] }
export interface RemediationTask {
  id: string; title: string; createdOn: string; requesterEmail: string; status: string; statusLastModifiedOn: string; description: string;
  relatedComponent: string; targetDevices: number; fixedDevices: number; awayDevices: number; rbacGroupNames: string[]; requesterNotes: string;
  dueOn: string | null; category: string; priority: string; completionMethod: string | null; completerEmail: string | null; type: string;
  productId: string | null; recommendedVersion: string | null; recommendationId: string; owner: string; overdue: boolean; ticket: string | null; ticketStatus: string | null;
}
export interface MachineRemediationTask extends RemediationTask { machineState: string; machineStateChangedOn: string | null }
export interface RemediationDevice { id: string; computerDnsName: string; osPlatform: string; rbacGroupName: string; state: string; stateChangedOn: string | null; lastSeen: string | null }
export interface Exception {
  id: string; subjectId: string; subjectType: string; title: string; scope: string; deviceGroups: string[]; query: string | null; queryError: string | null;
  justification: string; notes: string; status: string; createdOn: string; createdBy: string; endsOn: string; decidedBy: string | null; decisionNotes: string | null;
  endedOn: string | null; endedBy: string | null; endedReason: string | null; reopenWhenWorse: boolean; takesDevicesOut: boolean; machines: number; machinesWhenMade: number;
}
export interface ExceptionEffect {
  title: string; takesDevicesOut: boolean; machinesInScope: number; exposedMachines: number; leavingMachines: number;
  exposureScore: number; exposureScoreThen: number; configurationScore: number; configurationScoreThen: number;
}
export interface TimelineEvent {
  id: string; time: string; type: string; event: string; relatedComponent: string; productName: string; vendor: string; softwareId: string | null;
  recommendationId: string | null; cves: string[]; versions: string[]; configurationIds: string[]; highestCvss: number | null; deviceGroups: string[];
  originallyImpactedDevices: number; originallyImpactedShare: number; currentlyImpactedDevices: number; currentlyImpactedShare: number;
}
export interface ScoreDay { id: string; date: string; rbacGroupName: string | null; score: number; level: string; devices: number; weight: number; change: number; changes: { cause: string; points: number }[] }
export interface Breach { id: string; cveId: string; productVendor: string; productName: string; recommendationId: string; severity: string; knownExploited: boolean; cvssV3: number | null; machines: number; openSince: string; dueOn: string; daysOver: number }
export interface Alert {
  id: string; severity: string; status: string; classification: string | null; determination: string | null; assignedTo: string | null; detectionSource: string | null; serviceSource: string; category: string;
  title: string; description: string; recommendedAction: string; alertCreationTime: string; lastUpdateTime: string; resolvedTime: string | null;
  machineId: string; computerDnsName: string; rbacGroupName: string; mitreTechniques: string[]; threatFamilyName: string | null;
  comments: { comment: string; createdBy: string; createdTime: string }[]; evidence: Record<string, string | null>[];
}
export interface DeviceGroup { id: number; name: string; rank: number | null; description: string; conditions: { property: string; operator: string; values: string[] }[]; machines: number; changedAt: string | null; changedBy: string | null }
export interface CustomDetection {
  id: string; name: string; query: string; frequencyMinutes: number; lookbackMinutes: number; severity: string; category: string; title: string; description: string;
  recommendedAction: string; mitreTechniques: string[]; actions: { type: string; value: string }[]; enabled: boolean; nextRun: string | null; lastRun: string | null;
  lastError: string | null; openAlerts: number; changedAt: string; changedBy: string;
}
