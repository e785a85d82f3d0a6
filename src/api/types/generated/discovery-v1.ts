// Made by scripts/facts/generate-types.ts. Do not edit.
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { ObjectReference } from './core-v1.ts';
import type { ListMeta } from './meta-v1.ts';

export type Endpoint = {
  addresses: string[];
  conditions?: EndpointConditions;
  deprecatedTopology?: Record<string, string>;
  hints?: EndpointHints;
  hostname?: string;
  nodeName?: string;
  targetRef?: ObjectReference;
  zone?: string;
};

export type EndpointConditions = {
  ready?: boolean;
  serving?: boolean;
  terminating?: boolean;
};

export type EndpointHints = {
  forNodes?: ForNode[];
  forZones?: ForZone[];
};

export type EndpointPort = {
  appProtocol?: string;
  name?: string;
  port?: number;
  protocol?: 'SCTP' | 'TCP' | 'UDP';
};

export type EndpointSlice = {
  apiVersion: 'discovery.k8s.io/v1';
  kind: 'EndpointSlice';
  addressType: 'FQDN' | 'IPv4' | 'IPv6';
  endpoints?: Endpoint[] | null;
  metadata: ObjectMeta;
  ports?: EndpointPort[] | null;
};

export type EndpointSliceList = {
  apiVersion: 'discovery.k8s.io/v1';
  kind: 'EndpointSliceList';
  items: EndpointSlice[];
  metadata: ListMeta;
};

export type ForNode = {
  name: string;
};

export type ForZone = {
  name: string;
};
