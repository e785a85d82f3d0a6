import type { ClaimSpec } from './shapes.ts';

interface Demand {
  allocationMode?: string | undefined;
  count?: number | undefined;
}

/** Of a claim and of the claim in a template. */
export function claimDefaults(spec: ClaimSpec | undefined): void {
  for (const request of spec?.devices?.requests ?? []) {
    if (request.exactly !== undefined) setDemandDefaults(request.exactly);
    for (const alternative of request.firstAvailable ?? []) setDemandDefaults(alternative);
  }
}

/** One device, unless something else is asked for. */
function setDemandDefaults(demand: Demand): void {
  if (!demand.allocationMode) demand.allocationMode = 'ExactCount';
  if (demand.allocationMode === 'ExactCount' && !demand.count) demand.count = 1;
}
