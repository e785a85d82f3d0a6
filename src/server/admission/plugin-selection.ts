/** Kubernetes' plugins in the order in which they are asked. What others make of a write is charged for at the end. */
export const ADMISSION_PLUGIN_ORDER = [
  'AlwaysAdmit',
  'NamespaceAutoProvision',
  'NamespaceLifecycle',
  'NamespaceExists',
  'LimitPodHardAntiAffinityTopology',
  'LimitRanger',
  'ServiceAccount',
  'NodeRestriction',
  'TaintNodesByCondition',
  'AlwaysPullImages',
  'ImagePolicyWebhook',
  'PodSecurity',
  'PodNodeSelector',
  'Priority',
  'DefaultTolerationSeconds',
  'PodTolerationRestriction',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PodGroupProtection',
  'OwnerReferencesPermissionEnforcement',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'ClusterTrustBundleAttest',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'DenyServiceExternalIPs',
  'PodTopologyLabels',
  'PodGroupWorkloadExists',
  'NodeDeclaredFeatureValidator',
  'JobValidation',
  'PodResizeValidator',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
  'AlwaysDeny',
] as const;

export type AdmissionPluginName = (typeof ADMISSION_PLUGIN_ORDER)[number];

const OFF_BY_DEFAULT: ReadonlySet<AdmissionPluginName> = new Set<AdmissionPluginName>([
  'AlwaysAdmit',
  'NamespaceAutoProvision',
  'NamespaceExists',
  'LimitPodHardAntiAffinityTopology',
  'NodeRestriction',
  'AlwaysPullImages',
  'ImagePolicyWebhook',
  'PodNodeSelector',
  'PodTolerationRestriction',
  'EventRateLimit',
  'ExtendedResourceToleration',
  'OwnerReferencesPermissionEnforcement',
  'DenyServiceExternalIPs',
  'AlwaysDeny',
]);

/** What is known by name and cannot be had, and why. */
const UNAVAILABLE: ReadonlyMap<string, string> = new Map([
  ['NamespaceAutoProvision', 'namespaces are made by whoever needs them'],
  ['ImagePolicyWebhook', 'it needs --admission-control-config-file; a validating webhook for pods does the same'],
  ['EventRateLimit', 'it needs --admission-control-config-file; events are limited by priority and fairness'],
]);

/** Names of plugins that cannot be turned on or off as asked. */
export class AdmissionPluginsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AdmissionPluginsError';
  }
}

/**
 * The plugins that run, in their order: the default ones, with `enabled` and without `disabled` (each entry a name or
 * several, separated by commas). Throws AdmissionPluginsError for names that nobody knows, that stand on both sides, or
 * that cannot be had.
 */
export function selectAdmissionPlugins(enabled: readonly string[] = [], disabled: readonly string[] = []): readonly AdmissionPluginName[] {
  const on = pluginNames(enabled, 'enable-admission-plugins');
  const off = pluginNames(disabled, 'disable-admission-plugins');
  const both = ADMISSION_PLUGIN_ORDER.filter((name) => on.has(name) && off.has(name));
  if (both.length > 0) throw new AdmissionPluginsError(`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`);
  for (const name of on) {
    const reason = UNAVAILABLE.get(name);
    if (reason !== undefined) throw new AdmissionPluginsError(`enable-admission-plugins plugin ${JSON.stringify(name)} is not available: ${reason}`);
  }
  return ADMISSION_PLUGIN_ORDER.filter((name) => on.has(name) || (!OFF_BY_DEFAULT.has(name) && !off.has(name)));
}

function pluginNames(given: readonly string[], flag: string): Set<AdmissionPluginName> {
  const names = new Set<AdmissionPluginName>();
  for (const text of given.flatMap((list) => list.split(','))) {
    const wanted = text.trim();
    if (wanted === '') continue;
    const known = ADMISSION_PLUGIN_ORDER.find((name) => name === wanted);
    if (known === undefined) throw new AdmissionPluginsError(`${flag} plugin ${JSON.stringify(wanted)} is unknown`);
    names.add(known);
  }
  return names;
}

/** True for a plugin that goes by a name of Kubernetes' own, and that flags can turn on and off. */
export function isKubernetesPlugin(name: string): name is AdmissionPluginName {
  return (ADMISSION_PLUGIN_ORDER as readonly string[]).includes(name);
}

/** Puts a plugin where its name belongs; plugins of other names stay behind all of Kubernetes' own. */
export function placeAdmissionPlugin<T extends { readonly name: string }>(plugins: readonly T[], plugin: T): T[] {
  const place = (name: string): number => {
    const at = (ADMISSION_PLUGIN_ORDER as readonly string[]).indexOf(name);
    return at < 0 ? ADMISSION_PLUGIN_ORDER.length : at;
  };
  const before = plugins.findIndex(({ name }) => place(name) > place(plugin.name));
  return before < 0 ? [...plugins, plugin] : [...plugins.slice(0, before), plugin, ...plugins.slice(before)];
}
