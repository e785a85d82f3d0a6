import { fieldForbidden, fieldNotSupported, fieldRequired, type FieldPath } from '../../../machinery/field-error.ts';
import { isDns1123Label, isDns1123Subdomain } from '../../../machinery/names.ts';
import { reportTexts, type Findings } from '../../pod-template/findings.ts';
import type { FlowSubject } from '../shapes.ts';

type Member = 'user' | 'group' | 'serviceAccount';

const MEMBER_OF_KIND: ReadonlyMap<string, Member> = new Map<string, Member>([
  ['ServiceAccount', 'serviceAccount'],
  ['User', 'user'],
  ['Group', 'group'],
]);
const KIND_OF_MEMBER: Readonly<Record<Member, string>> = { user: 'User', group: 'Group', serviceAccount: 'ServiceAccount' };
const FORBIDDEN_ORDER: Readonly<Record<Member, readonly Member[]>> = {
  serviceAccount: ['user', 'group'],
  user: ['serviceAccount', 'group'],
  group: ['serviceAccount', 'user'],
};

/** The kind names the one member that is set. */
export function checkSubject(findings: Findings, subject: FlowSubject, path: FieldPath): void {
  const member = MEMBER_OF_KIND.get(subject.kind ?? '');
  if (member === undefined) {
    findings.push(fieldNotSupported(path.child('kind'), subject.kind ?? '', ['Group', 'ServiceAccount', 'User']));
    return;
  }
  if (subject[member] === undefined) findings.push(fieldRequired(path.child(member), `${member} is required when subject kind is '${KIND_OF_MEMBER[member]}'`));
  else if (member === 'serviceAccount') checkServiceAccount(findings, subject.serviceAccount ?? {}, path.child(member));
  else if (!subject[member]?.name) findings.push(fieldRequired(path.child(member, 'name')));
  for (const other of FORBIDDEN_ORDER[member]) {
    if (subject[other] !== undefined) findings.push(fieldForbidden(path.child(other), `${other} is forbidden when subject kind is not '${KIND_OF_MEMBER[other]}'`));
  }
}

function checkServiceAccount(findings: Findings, account: NonNullable<FlowSubject['serviceAccount']>, path: FieldPath): void {
  const { name = '', namespace = '' } = account;
  if (name === '') findings.push(fieldRequired(path.child('name')));
  else if (name !== '*') reportTexts(findings, path.child('name'), name, isDns1123Subdomain(name));
  if (namespace === '') findings.push(fieldRequired(path.child('namespace'), 'must specify namespace for service account'));
  else reportTexts(findings, path.child('namespace'), namespace, isDns1123Label(namespace));
}
