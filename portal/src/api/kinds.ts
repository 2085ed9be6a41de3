// What the lists of the API hold (schema/api/*.json), as far as screens read it.

export interface Recommendation {
  id: string; productName: string; recommendationName: string; vendor: string; recommendedVersion: string;
  weaknesses: number; recommendationCategory: string; subCategory: string; severityScore: number;
  publicExploit: boolean; activeAlert: boolean; remediationType: string; status: string;
  configScoreImpact: number; exposureImpact: number; totalMachineCount: number; exposedMachinesCount: number;
  relatedComponent: string; tags: string[]; description: string; priority: number; osPlatforms: string[];
  exceptionState: string; exposedMachinesAfterExceptions: number; exposedCriticalDevices: number;
  nonProductivityImpactedAssets: number; scid: string | null;
}
export interface Machine {
  id: string; computerDnsName: string; firstSeen: string; lastSeen: string; osPlatform: string; osVersion: string;
  osArchitecture: string; version: string; osBuild: number | null; lastIpAddress: string; lastExternalIpAddress: string;
  healthStatus: string; rbacGroupName: string; riskScore: string; exposureLevel: string; deviceValue: string;
  isExcluded: boolean; machineTags: string[];
  ipAddresses: { name?: string; mac?: string; addresses?: string[] }[];
}
export interface MachineReference { id: string; computerDnsName: string; osPlatform: string; rbacGroupName: string }
export interface Software {
  id: string; name: string; vendor: string; weaknesses: number; publicExploit: boolean; activeAlert: boolean;
  exposedMachines: number; installedMachines: number; impactScore: number; tags: string[]; osPlatforms: string[];
}
export interface Distribution {
  version: string; installations: number; vulnerabilities: number; endOfSupportStatus: string;
  endOfSupportDate: string | null; endOfSupportKnown: boolean; endOfSupportReason: string;
}
export interface Vulnerability {
  id: string; name: string; description: string; severity: string; cvssV3: number | null; cvssVector: string;
  exposedMachines: number; publishedOn: string | null; updatedOn: string | null; firstDetected: string | null;
  publicExploit: boolean; exploitVerified: boolean; exploitInKit: boolean; exploitTypes: string[]; exploitUris: string[];
  tags: string[]; epss: number | null;
}
export interface MissingKb { id: string; name: string; productsNames: string[]; url: string; machineMissedOn: number; cveAddressed: number }
export interface MachineInstallation {
  softwareId: string; productId: string; name: string; vendor: string; version: string; reportedName: string; reportedVendor: string;
  reportedVersion: string; source: string; assessed: boolean; weaknesses: number; paths: string[]; firstSeen: string | null;
  endOfSupportStatus: string; endOfSupportDate: string | null;
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
  publicExploit: boolean; exploitVerified: boolean; exploitInKit: boolean; publishedOn: string | null; softwareId: string; firstSeen: string | null;
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
