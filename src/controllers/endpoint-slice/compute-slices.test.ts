import { describe, expect, test } from 'vitest';
import type { Endpoint, EndpointSlice } from '../../api/types/generated/discovery-v1.ts';
import { computeSlices } from './compute-slices.ts';

const endpoint = (name: string, more: Partial<Endpoint> = {}): Endpoint => ({ addresses: [name], ...more });
const slice = (name: string, endpoints: string, ports = 'p'): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, labels: { l: 'x' } },
  addressType: 'IPv4',
  endpoints: [...endpoints].map((each) => endpoint(each)),
  ports: ports === '' ? [] : [{ name: ports }],
});

/** Slices are written `name:endpoints`, or `name/ports:endpoints`. */
function plan(existing: string[], wanted: Record<string, Endpoint[]>, maxPerSlice = 3): string[] {
  const result = computeSlices({
    groups: new Map(Object.entries(wanted).map(([ports, endpoints]) => [ports, { ports: [{ name: ports }], endpoints }])),
    existing: existing.map((text) => {
      const [, name = '', , ports, endpoints = ''] = /^(\w+)(\/(\w*))?:(\w*)$/.exec(text) ?? [];
      return slice(name, endpoints, ports);
    }),
    keyOf: ({ ports }) => ports?.[0]?.name ?? '',
    maxPerSlice,
    emptySlice: (ports) => ({ ...slice('new', ''), ports: [...ports] }),
    keepsEmpty: true,
  });
  const text = ({ metadata, endpoints }: Pick<EndpointSlice, 'metadata' | 'endpoints'>): string => `${metadata.name}:${(endpoints ?? []).map(({ addresses }) => addresses[0]).join('')}`;
  return [...result.create.map((each) => `+${text(each)}`), ...result.update.map((each) => `=${text(each)}`), ...result.delete.map(({ metadata }) => `-${metadata.name}`)];
}
const all = (names: string): Endpoint[] => [...names].map((name) => endpoint(name));

describe('of slices of at most three endpoints', () => {
  test.each<[string, string[], Record<string, Endpoint[]>, string[]]>([
    ['what is right is left alone', ['a:12'], { p: all('12') }, []],
    ['new endpoints go into the fullest slice that takes them all', ['a:1', 'b:23'], { p: all('1234') }, ['=b:234']],
    ['or into a new one', ['a:12', 'b:34'], { p: all('123456') }, ['+new:56']],
    ['full slices first, when there are many', [], { p: all('1234567') }, ['+new:123', '+new:456', '+new:7']],
    ['slices that are written anyway are filled', ['a:12', 'b:34'], { p: all('2345') }, ['=a:25']],
    ['changes of an endpoint stay in place', ['a:12'], { p: [endpoint('1', { zone: 'z' }), endpoint('2')] }, ['=a:12']],
    ['slices without endpoints go', ['a:12', 'b:3'], { p: all('12') }, ['-b']],
    ['the last one stays, empty', ['a:12', 'b:3'], { p: [] }, ['=a:', '-b']],
    ['an empty one is left as it is', ['a/:'], {}, []],
    ['other ports, another slice: the old one takes them', ['a/q:12'], { p: all('12') }, ['=a:12']],
    ['each list of ports has its own', ['a:1'], { p: all('1'), q: all('2') }, ['+new:2']],
    ['nobody from the beginning is an empty slice', [], {}, ['+new:']],
  ])('%s', (_, existing, wanted, expected) => {
    expect(plan(existing, wanted)).toEqual(expected);
  });
});
