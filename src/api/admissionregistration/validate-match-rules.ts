import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { validateLabelSelector, type LabelSelectorObject } from '../../machinery/label-selector.ts';
import { isPathSegmentName } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import type { MatchResources, Rule, Selector } from './shapes.ts';

export const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** Which requests a policy or a binding is about. */
export function checkMatchResources(findings: Findings, match: MatchResources, path: FieldPath): void {
  if (match.matchPolicy === undefined) findings.push(fieldRequired(path.child('matchPolicy')));
  else if (!MATCH_POLICIES.includes(match.matchPolicy)) findings.push(fieldNotSupported(path.child('matchPolicy'), match.matchPolicy, MATCH_POLICIES));
  for (const name of ['namespaceSelector', 'objectSelector'] as const) {
    if (match[name] === undefined) findings.push(fieldRequired(path.child(name)));
    else checkSelector(findings, match[name], path.child(name));
  }
  for (const name of ['resourceRules', 'excludeResourceRules'] as const) {
    (match[name] ?? []).forEach((rule, i) => checkNamedRule(findings, rule, path.child(name).index(i)));
  }
}

export function checkSelector(findings: Findings, selector: Selector, path: FieldPath, allowInvalidLabelValues = false): void {
  findings.push(...validateLabelSelector(selector as LabelSelectorObject | undefined, path, { allowInvalidLabelValues }));
}

function checkNamedRule(findings: Findings, rule: Rule, path: FieldPath): void {
  const seen = new Set<string>();
  (rule.resourceNames ?? []).forEach((name, i) => {
    const at = path.child('resourceNames').index(i);
    reportTexts(findings, at, name, isPathSegmentName(name));
    if (seen.has(name)) findings.push(fieldDuplicate(at, name));
    seen.add(name);
  });
  checkRule(findings, rule, path);
}

/** Operations on resources of groups and versions; `*` stands for all of a list and stands alone. */
export function checkRule(findings: Findings, rule: Rule, path: FieldPath): void {
  const operations = rule.operations ?? [];
  checkList(findings, operations, path.child('operations'), 'operations');
  operations.forEach((operation, i) => {
    if (!OPERATIONS.includes(operation)) findings.push(fieldNotSupported(path.child('operations').index(i), operation, OPERATIONS));
  });
  // A group may be empty: it is the legacy one.
  checkList(findings, rule.apiGroups ?? [], path.child('apiGroups'), 'API groups');
  const versions = rule.apiVersions ?? [];
  checkList(findings, versions, path.child('apiVersions'), 'API versions');
  versions.forEach((version, i) => {
    if (version === '') findings.push(fieldRequired(path.child('apiVersions').index(i)));
  });
  checkResources(findings, rule.resources ?? [], path.child('resources'));
  if (rule.scope !== undefined && !SCOPES.includes(rule.scope)) findings.push(fieldNotSupported(path.child('scope'), rule.scope, SCOPES));
}

function checkList(findings: Findings, values: readonly string[], path: FieldPath, what: string): void {
  if (values.length === 0) findings.push(fieldRequired(path));
  if (values.length > 1 && values.includes('*')) findings.push(fieldInvalid(path, values, `if '*' is present, must not specify other ${what}`));
}

/** `pods`, `pods/status`, `pods/*`, `*` + `/scale`, `*`: none that another one covers. */
function checkResources(findings: Findings, resources: readonly string[], path: FieldPath): void {
  if (resources.length === 0) findings.push(fieldRequired(path));
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  let plain = false;
  resources.forEach((entry, i) => {
    if (entry === '') findings.push(fieldRequired(path.index(i)));
    const slash = entry.indexOf('/');
    if (slash < 0) {
      if (entry !== '') plain = entry !== '*';
      return;
    }
    const resource = entry.slice(0, slash);
    const subresource = entry.slice(slash + 1);
    if (wholeResources.has(resource)) findings.push(fieldInvalid(path.index(i), entry, `if '${resource}/*' is present, must not specify ${entry}`));
    if (wholeSubresources.has(subresource)) findings.push(fieldInvalid(path.index(i), entry, `if '*/${subresource}' is present, must not specify ${entry}`));
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  if (resources.length > 1 && resources.includes('*/*')) findings.push(fieldInvalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && plain) {
    findings.push(fieldInvalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  }
}
