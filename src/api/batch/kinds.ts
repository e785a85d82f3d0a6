import type { KindRules } from '../kind-rules.ts';
import { rules as cronjobs } from './cronjobs/strategy.ts';
import { rules as jobs } from './jobs/strategy.ts';

/** The rules of the kinds of the group batch, by the plural of their resource. */
export const batchKinds: Readonly<Record<string, KindRules>> = { cronjobs, jobs };
