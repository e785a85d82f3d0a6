import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { KindRules } from '../../kind-rules.ts';
import { ageOf } from '../../pod-template/age.ts';
import { keepObjectMeta } from '../../status-metadata.ts';
import { claimDefaults } from '../claim-defaults.ts';
import type { SelectorChecker } from '../selector-checker.ts';
import type { ResourceClaim } from '../shapes.ts';
import { allocatedDevices, deviceIdentity } from './device-identity.ts';
import { validateClaim, validateClaimUpdate, validateStatusUpdate } from './validation.ts';

export function resourceClaimRules(checker: SelectorChecker): KindRules {
  return {
    defaults: (object) => claimDefaults((object as ResourceClaim).spec),
    validate: (object) => validateClaim(object, checker),
    validateUpdate: (object, old) => validateClaimUpdate(object, old, checker),
    status: {
      prepareForUpdate(object, old) {
        keepObjectMeta(object, old);
        forgetFreedDevices(object as ResourceClaim, old as ResourceClaim);
      },
      validateUpdate: validateStatusUpdate,
    },
    resetFields: { '': [['status']], status: [['metadata'], ['spec']] },
    cells: (object, context) => [object.metadata.name ?? '', stateOf(object), ageOf(object, context.nowMs)],
  };
}

/** What was reported of a device goes with its allocation. */
function forgetFreedDevices(claim: ResourceClaim, old: ResourceClaim): void {
  const { status } = claim;
  if (status?.devices === undefined) return;
  const before = allocatedDevices(old.status);
  const now = allocatedDevices(status);
  const kept = status.devices.filter((device) => now.has(deviceIdentity(device)) || !before.has(deviceIdentity(device)));
  if (kept.length > 0) status.devices = kept;
  else delete status.devices;
}

function stateOf(object: KubeObject): string {
  const { metadata, status } = object as ResourceClaim;
  const states: string[] = [];
  if (metadata.deletionTimestamp !== undefined) states.push('deleted');
  if (status?.allocation !== undefined) states.push('allocated', ...((status.reservedFor ?? []).length > 0 ? ['reserved'] : []));
  else if (metadata.deletionTimestamp === undefined) states.push('pending');
  return states.join(',');
}
