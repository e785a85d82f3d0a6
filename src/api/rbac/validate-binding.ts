import { fieldInvalid, fieldNotSupported, fieldRequired, FieldPath, type FieldError } from '../../machinery/field-error.ts';
import { equalJson } from '../../machinery/json.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../../machinery/names.ts';
import { reportTexts, type Findings } from '../pod-template/findings.ts';
import { RBAC_GROUP, type Binding, type RoleRef, type Subject } from './role.ts';

/** Where a binding stands: it says which roles can be meant, and whether a service account's namespace goes without saying. */
export interface BindingScope {
  readonly namespaced: boolean;
  readonly roleKinds: readonly string[];
}

export const ROLE_BINDING: BindingScope = { namespaced: true, roleKinds: ['Role', 'ClusterRole'] };
export const CLUSTER_ROLE_BINDING: BindingScope = { namespaced: false, roleKinds: ['ClusterRole'] };

export function validateBinding(binding: Binding, scope: BindingScope): FieldError[] {
  const findings: Findings = [];
  const root = FieldPath.root();
  checkRoleRef(findings, binding.roleRef ?? {}, root.child('roleRef'), scope);
  (binding.subjects ?? []).forEach((subject, i) => checkSubject(findings, subject, root.child('subjects').index(i), scope));
  return findings;
}

/** Kubernetes judges the object twice on update, and lists both findings. */
export function validateBindingUpdate(binding: Binding, old: Binding, scope: BindingScope): FieldError[] {
  const findings = validateBinding(binding, scope);
  findings.push(...validateBinding(binding, scope));
  if (!equalJson(binding.roleRef ?? {}, old.roleRef ?? {})) findings.push(fieldInvalid('roleRef', internalRoleRef(binding.roleRef ?? {}), 'cannot change roleRef'));
  return findings;
}

function internalRoleRef({ apiGroup, kind, name }: RoleRef): unknown {
  return { APIGroup: apiGroup ?? '', Kind: kind ?? '', Name: name ?? '' };
}

function checkRoleRef(findings: Findings, roleRef: RoleRef, path: FieldPath, scope: BindingScope): void {
  const { apiGroup = '', kind = '', name = '' } = roleRef;
  if (apiGroup !== RBAC_GROUP) findings.push(fieldNotSupported(path.child('apiGroup'), apiGroup, [RBAC_GROUP]));
  if (!scope.roleKinds.includes(kind)) findings.push(fieldNotSupported(path.child('kind'), kind, scope.roleKinds));
  if (name === '') findings.push(fieldRequired(path.child('name')));
  else reportTexts(findings, path.child('name'), name, isPathSegmentName(name));
}

function checkSubject(findings: Findings, subject: Subject, path: FieldPath, scope: BindingScope): void {
  const { kind = '', name = '', apiGroup = '', namespace = '' } = subject;
  if (name === '') findings.push(fieldRequired(path.child('name')));
  switch (kind) {
    case 'ServiceAccount':
      if (name !== '') reportTexts(findings, path.child('name'), name, isDns1123Subdomain(name));
      if (apiGroup !== '') findings.push(fieldNotSupported(path.child('apiGroup'), apiGroup, ['']));
      if (!scope.namespaced && namespace === '') findings.push(fieldRequired(path.child('namespace')));
      break;
    case 'User':
    case 'Group':
      if (apiGroup !== RBAC_GROUP) findings.push(fieldNotSupported(path.child('apiGroup'), apiGroup, [RBAC_GROUP]));
      break;
    default:
      findings.push(fieldNotSupported(path.child('kind'), kind, ['ServiceAccount', 'User', 'Group']));
  }
}
