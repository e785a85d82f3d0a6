import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { FlowSchema } from '../shapes.ts';

const DEFAULT_PRECEDENCE = 1000;

export function defaults(object: KubeObject): void {
  const spec = ((object as FlowSchema).spec ??= {});
  if (!spec.matchingPrecedence) spec.matchingPrecedence = DEFAULT_PRECEDENCE;
}
