import { FieldPath, fieldInvalid, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { equalJson } from '../../../machinery/json.ts';
import { isDns1123Subdomain, isPathSegmentName } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { checkPathSegment } from '../typed-reference.ts';
import type { IpAddressObject } from './ip-address-object.ts';

type Parent = NonNullable<IpAddressObject['spec']>['parentRef'];

const PARENT = FieldPath.root('spec').child('parentRef');

/** Whose address it is: something is always said, though services are of the group without a name. */
export function validate(object: KubeObject): FieldError[] {
  const parent = (object as IpAddressObject).spec?.parentRef;
  if (parent == null) return [fieldRequired(PARENT)];
  const findings: FieldError[] = [];
  const { group, namespace } = parent;
  if (group) reportTexts(findings, PARENT.child('group'), group, isDns1123Subdomain(group));
  checkPathSegment(findings, parent.resource, PARENT.child('resource'));
  checkPathSegment(findings, parent.name, PARENT.child('name'));
  if (namespace) reportTexts(findings, PARENT.child('namespace'), namespace, isPathSegmentName(namespace));
  return findings;
}

export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const parent = (object as IpAddressObject).spec?.parentRef;
  if (equalJson(parent ?? null, (old as IpAddressObject).spec?.parentRef ?? null)) return [];
  return [fieldInvalid(PARENT, shownParent(parent), 'field is immutable')];
}

function shownParent(parent: Parent): unknown {
  if (parent == null) return null;
  return { Group: parent.group ?? '', Resource: parent.resource ?? '', Namespace: parent.namespace ?? '', Name: parent.name ?? '' };
}
