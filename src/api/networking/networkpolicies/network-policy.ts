import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { LabelSelector, Loose } from '../../pod-template/shapes.ts';
import type * as networking from '../../types/generated/networking-v1.ts';

export type PolicyPort = Loose<networking.NetworkPolicyPort>;
export type IpBlock = Loose<networking.IPBlock>;

export interface Peer {
  ipBlock?: IpBlock | undefined;
  namespaceSelector?: LabelSelector | undefined;
  podSelector?: LabelSelector | undefined;
}

export interface NetworkPolicy extends KubeObject {
  spec?: {
    podSelector?: LabelSelector | undefined;
    ingress?: { ports?: PolicyPort[] | undefined; from?: Peer[] | undefined }[] | undefined;
    egress?: { ports?: PolicyPort[] | undefined; to?: Peer[] | undefined }[] | undefined;
    policyTypes?: string[] | undefined;
  };
}

/** Both directions alike: where the rules stand, and where their peers do. */
export function directions({ spec }: NetworkPolicy): readonly { rules: 'ingress' | 'egress'; peers: 'from' | 'to'; list: { ports: PolicyPort[]; peers: Peer[] }[] }[] {
  return [
    { rules: 'ingress', peers: 'from', list: (spec?.ingress ?? []).map(({ ports = [], from = [] }) => ({ ports, peers: from })) },
    { rules: 'egress', peers: 'to', list: (spec?.egress ?? []).map(({ ports = [], to = [] }) => ({ ports, peers: to })) },
  ];
}
