import type { AllocatedDevice, ClaimStatus } from '../shapes.ts';

/** What names a device, or a share of one, among all drivers. */
export function deviceIdentity({ driver = '', pool = '', device = '', shareID = '' }: Pick<AllocatedDevice, 'driver' | 'pool' | 'device' | 'shareID'>): string {
  return `${driver}/${pool}/${device}${shareID === '' ? '' : `/${shareID}`}`;
}

export function allocatedDevices(status: ClaimStatus | undefined): ReadonlySet<string> {
  return new Set((status?.allocation?.devices?.results ?? []).map(deviceIdentity));
}
