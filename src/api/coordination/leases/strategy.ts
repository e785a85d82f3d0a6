import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import type { Lease } from './lease.ts';
import { cells } from './printer.ts';
import { validate } from './validation.ts';

export const rules: KindRules = {
  allowCreateOnUpdate: true,
  // Leaders are told apart by versions.
  allowUnconditionalUpdate: false,
  prepareForCreate: (object) => dropElection(object, undefined),
  prepareForUpdate: dropElection,
  validate,
  validateUpdate: validate,
  cells,
};

/** The feature CoordinatedLeaderElection is off by default: its fields are taken only where they are in use. */
function dropElection(object: KubeObject, old: KubeObject | undefined): void {
  const { spec } = object as Lease;
  const oldSpec = (old as Lease | undefined)?.spec;
  if (spec === undefined) return;
  if (oldSpec?.strategy === undefined) delete spec.strategy;
  if (oldSpec?.preferredHolder === undefined) delete spec.preferredHolder;
}
