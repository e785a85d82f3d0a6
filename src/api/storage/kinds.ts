import type { KindRules } from '../kind-rules.ts';
import { rules as csidrivers } from './csidrivers/strategy.ts';
import { rules as csinodes } from './csinodes/strategy.ts';
import { rules as csistoragecapacities } from './csistoragecapacities/strategy.ts';
import { rules as storageclasses } from './storageclasses/strategy.ts';
import { rules as volumeattachments } from './volumeattachments/strategy.ts';
import { rules as volumeattributesclasses } from './volumeattributesclasses/strategy.ts';

/** The rules of the storage group's kinds, by the plural of their resource. */
export const storageKinds: Readonly<Record<string, KindRules>> = {
  csidrivers,
  csinodes,
  csistoragecapacities,
  storageclasses,
  volumeattachments,
  volumeattributesclasses,
};
