import type { FlowSchema, PolicyRulesWithSubjects } from '../../api/types/generated/flowcontrol-v1.ts';
import type { DeepReadonly } from '../../machinery/json.ts';
import type { Attributes } from '../authorization/authorizer.ts';

/** A flow schema, ready to say which requests are its own. */
export interface CompiledSchema {
  readonly name: string;
  readonly uid: string;
  readonly priorityLevel: string;
  readonly precedence: number;
  matches(request: Attributes): boolean;
  /** Tells apart the flows of one schema: by user, by namespace, or not at all. */
  distinguisher(request: Attributes): string;
}

type Test = (request: Attributes) => boolean;

export function compileSchema({ metadata, spec }: DeepReadonly<FlowSchema>): CompiledSchema {
  const rules = (spec?.rules ?? []).map(compileRule);
  const method = spec?.distinguisherMethod?.type;
  return {
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
    priorityLevel: spec?.priorityLevelConfiguration.name ?? '',
    precedence: spec?.matchingPrecedence ?? 1000,
    matches: (request) => rules.some((rule) => rule(request)),
    distinguisher: (request) => (method === 'ByUser' ? request.user.name : method === 'ByNamespace' ? request.namespace : ''),
  };
}

/** The order in which schemas are asked: by precedence, then by name. */
export function compareSchemas(a: CompiledSchema, b: CompiledSchema): number {
  return a.precedence - b.precedence || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function compileRule(rule: DeepReadonly<PolicyRulesWithSubjects>): Test {
  const subjects = rule.subjects.map(compileSubject);
  const resources = (rule.resourceRules ?? []).map(compileResourceRule);
  const paths = (rule.nonResourceRules ?? []).map(({ verbs, nonResourceURLs }): Test => {
    const verb = oneOf(verbs);
    return (request) => verb(request.verb) && nonResourceURLs.some((url) => matchesPath(url, request.path));
  });
  return (request) => subjects.some((subject) => subject(request)) && (request.resourceRequest ? resources : paths).some((test) => test(request));
}

function compileSubject({ kind, user, group, serviceAccount }: DeepReadonly<PolicyRulesWithSubjects['subjects'][number]>): Test {
  switch (kind) {
    case 'User': {
      const name = user?.name ?? '';
      return (request) => name === '*' || request.user.name === name;
    }
    case 'Group': {
      const name = group?.name ?? '';
      return (request) => (name === '*' ? (request.user.groups ?? []).length > 0 : (request.user.groups ?? []).includes(name));
    }
    case 'ServiceAccount': {
      const { namespace = '', name = '' } = serviceAccount ?? {};
      const prefix = `system:serviceaccount:${namespace}:`;
      return (request) => request.user.name.startsWith(prefix) && (name === '*' || request.user.name === `${prefix}${name}`);
    }
    default:
      return () => false;
  }
}

function compileResourceRule({ verbs, apiGroups, resources, clusterScope = false, namespaces = [] }: DeepReadonly<NonNullable<PolicyRulesWithSubjects['resourceRules']>[number]>): Test {
  const verb = oneOf(verbs);
  const group = oneOf(apiGroups);
  const resource = oneOf(resources);
  const namespace = oneOf(namespaces);
  return (request) =>
    verb(request.verb) &&
    group(request.group) &&
    resource(request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`) &&
    (request.namespace === '' ? clusterScope : namespace(request.namespace));
}

function oneOf(values: readonly string[]): (value: string) => boolean {
  const set = new Set(values);
  return set.has('*') ? () => true : (value) => set.has(value);
}

/** A whole path, everything (`*`), or everything below one (`/healthz/*`). */
function matchesPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1));
}
