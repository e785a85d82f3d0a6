import type { KindRules } from '../kind-rules.ts';
import { deviceClassRules } from './deviceclasses/strategy.ts';
import { resourceClaimRules } from './resourceclaims/strategy.ts';
import { resourceClaimTemplateRules } from './resourceclaimtemplates/strategy.ts';
import { rules as resourceslices } from './resourceslices/strategy.ts';
import { UNCHECKED_SELECTORS, type SelectorChecker } from './selector-checker.ts';

/** The rules of the resource group's kinds, by the plural of their resource. */
export function makeResourceKinds(checker: SelectorChecker): Readonly<Record<string, KindRules>> {
  return {
    deviceclasses: deviceClassRules(checker),
    resourceclaims: resourceClaimRules(checker),
    resourceclaimtemplates: resourceClaimTemplateRules(checker),
    resourceslices,
  };
}

/** As above for a server without the expression language: selectors are stored as they are. */
export const resourceKinds: Readonly<Record<string, KindRules>> = makeResourceKinds(UNCHECKED_SELECTORS);
