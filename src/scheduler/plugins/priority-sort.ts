import type { Plugin } from '../framework/plugin.ts';

/** Pods of higher priority first, then those that have waited longer. */
export function prioritySort(): Plugin {
  return {
    name: 'PrioritySort',
    events: [],
    less: (a, b) => (a.info.priority === b.info.priority ? a.timestampMs < b.timestampMs : a.info.priority > b.info.priority),
  };
}
