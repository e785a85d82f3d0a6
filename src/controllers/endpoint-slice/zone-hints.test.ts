import { describe, expect, test } from 'vitest';
import type { Node } from '../../api/types/generated/core-v1.ts';
import type { Endpoint } from '../../api/types/generated/discovery-v1.ts';
import { computeZoneHints } from './zone-hints.ts';
import { zoneShares } from './zone-shares.ts';

/** `a` a ready endpoint in zone a, `A` one that is not, `-` one without a zone. */
const endpoints = (text: string): Endpoint[] => [...text].map((zone): Endpoint => ({ addresses: ['x'], conditions: { ready: zone === zone.toLowerCase() }, ...(zone !== '-' && { zone: zone.toLowerCase() }) }));
const shares = (parts: Record<string, number>): ReadonlyMap<string, number> => new Map(Object.entries(parts));
const thirds = shares({ a: 1 / 3, b: 1 / 3, c: 1 / 3 });

describe('endpoints are for their own zone, but for what others lack', () => {
  test.each<[string, ReadonlyMap<string, number> | undefined, string]>([
    ['aabbcc', thirds, 'aabbcc'],
    ['aaabbc', thirds, 'caabbc'],
    ['aaaaaa', thirds, 'bcbcaa'],
    ['aabbccA', thirds, 'aabbcc-'],
    ['aaabbb', shares({ a: 0.6, b: 0.4 }), 'aaabbb'],
    ['aaaaab', shares({ a: 0.5, b: 0.5 }), 'bbaaab'],
    ['abcd', undefined, 'Insufficient Node information: allocatable CPU or zone not specified on one or more nodes'],
    ['aaa', shares({ a: 1 }), 'Nodes only ready in one zone'],
    ['ab', thirds, 'Insufficient number of endpoints (2 endpoints, 3 zones)'],
    ['abca', thirds, 'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (4 endpoints, 3 zones)'],
    ['abcabc-', shares({ a: 0.3, b: 0.3, c: 0.4 }), 'One or more endpoints do not have a zone specified'],
  ])('%s', (given, zones, expected) => {
    const hints = computeZoneHints(endpoints(given), zones);
    const found = hints.type === 'undivided' ? hints.why : hints.zones.map((zone) => zone ?? '-').join('');
    // Which of a zone's endpoints are given away does not matter.
    expect(hints.type === 'undivided' ? found : [...found].toSorted().join('')).toBe(hints.type === 'undivided' ? expected : [...expected].toSorted().join(''));
  });
});

const node = (zone: string, cpu: string, { ready = true, labels = {} } = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: zone, labels: { ...(zone !== '' && { 'topology.kubernetes.io/zone': zone }), ...labels } },
  status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

test.each<[string, Node[], [string, number][] | undefined]>([
  ['by their nodes’ CPUs', [node('a', '3'), node('b', '500m'), node('b', '500m')], [['a', 0.75], ['b', 0.25]]],
  ['without nodes that are not ready, or not for pods', [node('a', '1'), node('b', '1', { ready: false }), node('c', '1', { labels: { 'node-role.kubernetes.io/control-plane': '' } })], [['a', 1]]],
  ['unknown when a node says no zone', [node('a', '1'), node('', '1')], undefined],
  ['unknown when a node says no CPUs', [node('a', '0')], undefined],
  ['unknown without nodes', [], undefined],
])('zones have shares %s', (_, nodes, expected) => {
  const found = zoneShares(nodes);
  expect(found && [...found]).toEqual(expected);
});
