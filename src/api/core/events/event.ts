import type { KubeObject } from '../../../machinery/object-meta.ts';

/** As it is stored: core/v1, which serves the newer events.k8s.io/v1 too. */
export interface Event extends KubeObject {
  involvedObject?: { kind?: string; namespace?: string; name?: string; uid?: string; apiVersion?: string; resourceVersion?: string; fieldPath?: string };
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  count?: number;
  type?: string;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string | null };
  action?: string;
  related?: unknown;
  reportingComponent?: string;
  reportingInstance?: string;
}
