// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { EventSource, ObjectReference } from './core-v1.ts';
import type { ListMeta } from './meta-v1.ts';

export type Event = {
  apiVersion: 'events.k8s.io/v1';
  kind: 'Event';
  action?: string;
  deprecatedCount?: number;
  deprecatedFirstTimestamp?: string | null;
  deprecatedLastTimestamp?: string | null;
  deprecatedSource?: EventSource;
  eventTime: string;
  metadata: ObjectMeta;
  note?: string;
  reason?: string;
  regarding?: ObjectReference;
  related?: ObjectReference;
  reportingController?: string;
  reportingInstance?: string;
  series?: EventSeries;
  type?: string;
};

export type EventList = {
  apiVersion: 'events.k8s.io/v1';
  kind: 'EventList';
  items: Event[];
  metadata: ListMeta;
};

export type EventSeries = {
  count: number;
  lastObservedTime: string;
};
