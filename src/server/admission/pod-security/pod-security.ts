import type { PodSpec } from '../../../api/pod-template/shapes.ts';
import { formatFieldErrors, invalid, notFound } from '../../../machinery/status-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import type { FieldError } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { ObjectReader } from '../../object-reader.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { asPod, isWrite } from '../admitted-pod.ts';
import type { CheckedPod } from './checks/check.ts';
import { describeViolations, PodSecurityEvaluator } from './evaluation.ts';
import { warningsAboutExistingPods } from './existing-pods.ts';
import { compareLevels, formatLevelVersion, isSame } from './level-version.ts';
import { policyOfLabels, PRIVILEGED_POLICY, type NamespacePolicy } from './namespace-policy.ts';
import { makesPods, templateOf } from './pod-template.ts';
import { isSignificantUpdate } from './significant-update.ts';

export interface PodSecurityOptions {
  readonly reader: ObjectReader;
  /** For what namespaces' labels leave open; privileged. */
  readonly defaults?: NamespacePolicy;
  readonly exemptions?: { readonly usernames?: readonly string[]; readonly namespaces?: readonly string[]; readonly runtimeClasses?: readonly string[] };
}

const NAMESPACES = { group: '', resource: 'namespaces' };
const PODS = { group: '', resource: 'pods' };
const ANNOTATION_PREFIX = 'pod-security.kubernetes.io/';
/** What changes nothing of what a pod may do. */
const IGNORED_SUBRESOURCES: ReadonlySet<string> = new Set(['exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status']);

/** The Pod Security Standards, as namespaces ask for them by their labels. */
export function podSecurity(options: PodSecurityOptions): AdmissionPlugin {
  const security = new PodSecurity(options);
  return { name: 'PodSecurity', handles: isWrite, validate: (request) => security.validate(request) };
}

class PodSecurity {
  readonly #options: PodSecurityOptions;
  readonly #defaults: NamespacePolicy;
  readonly #evaluator = new PodSecurityEvaluator();

  constructor(options: PodSecurityOptions) {
    this.#options = options;
    this.#defaults = options.defaults ?? PRIVILEGED_POLICY;
  }

  validate(request: AdmissionRequest): void {
    const { resource, subresource, object } = request;
    if (object === undefined) return;
    if (resource.group === '' && resource.resource === 'namespaces') {
      if (subresource === '') this.#validateNamespace(request, object);
    } else if (resource.group === '' && resource.resource === 'pods') {
      if (!IGNORED_SUBRESOURCES.has(subresource)) this.#validatePod(request, asPod(object));
    } else if (subresource === '' && makesPods(resource)) {
      const template = templateOf(resource, object);
      if (template !== undefined) this.#evaluate(request, template, false);
    }
  }

  #validateNamespace(request: AdmissionRequest, namespace: KubeObject): void {
    const { policy, errors } = policyOfLabels(namespace.metadata.labels, this.#defaults);
    const name = namespace.metadata.name ?? '';
    const before = request.operation === 'UPDATE' ? policyOfLabels(request.oldObject?.metadata.labels, this.#defaults) : undefined;
    // Labels that were wrong already must not keep the namespace from being changed.
    if (errors.length > 0 && !(before !== undefined && equalJson(errors, before.errors))) throw invalid({ group: '', kind: 'Namespace' }, name, errors);
    if (this.#isExemptNamespace(name)) return this.#warnOfExemption(request, name, policy);
    if (before === undefined || isSame(policy.enforce, before.policy.enforce) || policy.enforce.level === 'privileged') return;
    const isRelaxed = compareLevels(policy.enforce.level, before.policy.enforce.level) <= 0 && policy.enforce.version === before.policy.enforce.version;
    if (isRelaxed) return;
    const pods = this.#options.reader.list(PODS, name);
    const warnings = warningsAboutExistingPods(this.#evaluator, policy.enforce, { namespace: name, pods, isExempt: (spec) => this.#isExemptRuntimeClass(spec) });
    for (const warning of warnings) request.warn(warning);
  }

  #warnOfExemption(request: AdmissionRequest, name: string, policy: NamespacePolicy): void {
    const stated = (['enforce', 'audit', 'warn'] as const).filter((mode) => policy[mode].level !== 'privileged' && !isSame(policy[mode], this.#defaults[mode]));
    if (stated.length === 0) return;
    request.warn(`namespace ${JSON.stringify(name)} is exempt from Pod Security, and the policy (${stated.map((mode) => `${mode}=${formatLevelVersion(policy[mode])}`).join(', ')}) will be ignored`);
  }

  #validatePod(request: AdmissionRequest, pod: CheckedPod): void {
    const { operation, oldObject } = request;
    if (operation === 'UPDATE' && oldObject !== undefined && !isSignificantUpdate(pod, asPod(oldObject))) return;
    this.#evaluate(request, pod, true);
  }

  /** Pods are refused; workloads are only warned of, since the pods that they make come by here themselves. */
  #evaluate(request: AdmissionRequest, pod: CheckedPod, enforce: boolean): void {
    const exemption = this.#exemptionOf(request, pod.spec);
    if (exemption !== undefined) return request.annotate(`${ANNOTATION_PREFIX}exempt`, exemption);
    const { policy, errors } = this.#policyOf(request.namespace);
    if (errors.length === 0 && policy.audit.level === 'privileged' && policy.warn.level === 'privileged' && (!enforce || policy.enforce.level === 'privileged')) return;
    if (errors.length > 0) request.annotate(`${ANNOTATION_PREFIX}error`, `Failed to parse policy: ${formatFieldErrors(errors)}`);
    const enforced = enforce ? this.#evaluator.evaluate(policy.enforce, pod) : [];
    if (enforce) request.annotate(`${ANNOTATION_PREFIX}enforce-policy`, formatLevelVersion(policy.enforce));
    const audited = this.#evaluator.evaluate(policy.audit, pod);
    if (audited.length > 0) request.annotate(`${ANNOTATION_PREFIX}audit-violations`, `would violate PodSecurity ${JSON.stringify(formatLevelVersion(policy.audit))}: ${describeViolations(audited)}`);
    if (enforced.length > 0) throw admissionRefusal(request, `violates PodSecurity ${JSON.stringify(formatLevelVersion(policy.enforce))}: ${describeViolations(enforced)}`);
    const warned = this.#evaluator.evaluate(policy.warn, pod);
    if (warned.length > 0) request.warn(`would violate PodSecurity ${JSON.stringify(formatLevelVersion(policy.warn))}: ${describeViolations(warned)}`);
  }

  #policyOf(name: string): { readonly policy: NamespacePolicy; readonly errors: readonly FieldError[] } {
    const namespace = this.#options.reader.get(NAMESPACES, '', name);
    if (namespace === undefined) throw notFound(NAMESPACES, name);
    return policyOfLabels(namespace.metadata.labels, this.#defaults);
  }

  #exemptionOf({ namespace, user }: AdmissionRequest, spec: PodSpec): string | undefined {
    if (this.#isExemptNamespace(namespace)) return 'namespace';
    if (this.#options.exemptions?.usernames?.includes(user.name)) return 'user';
    return this.#isExemptRuntimeClass(spec) ? 'runtimeClass' : undefined;
  }

  #isExemptNamespace(name: string): boolean {
    return this.#options.exemptions?.namespaces?.includes(name) ?? false;
  }

  #isExemptRuntimeClass({ runtimeClassName }: PodSpec): boolean {
    return runtimeClassName !== undefined && (this.#options.exemptions?.runtimeClasses?.includes(runtimeClassName) ?? false);
  }
}
