import { labelSelectorFromObject, type LabelSelector } from '../../machinery/label-selector.ts';
import type { SharedJob } from './job-state.ts';

/** Undefined while the job has none. */
export function jobSelector({ spec }: SharedJob): LabelSelector | undefined {
  return spec?.selector && labelSelectorFromObject(spec.selector as Parameters<typeof labelSelectorFromObject>[0]);
}
