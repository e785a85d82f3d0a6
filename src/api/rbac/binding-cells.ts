import type { KubeObject } from '../../machinery/object-meta.ts';
import { ageOf } from '../pod-template/age.ts';
import type { Binding } from './role.ts';

export function bindingCells(object: KubeObject, context: { readonly nowMs: number }): (string | number | boolean | null)[] {
  const { metadata, roleRef, subjects = [] } = object as Binding;
  const namesOf = (kind: string): string => subjects.filter((subject) => subject.kind === kind).map((subject) => subject.name ?? '').join(', ');
  const accounts = subjects.filter((subject) => subject.kind === 'ServiceAccount').map(({ namespace = '', name = '' }) => `${namespace}/${name}`);
  return [metadata.name ?? '', `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`, ageOf(object, context.nowMs), namesOf('User'), namesOf('Group'), accounts.join(', ')];
}
