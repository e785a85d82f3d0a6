import { FieldPath, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired, type FieldError } from '../../../machinery/field-error.ts';
import { isPortName, isPortNumber } from '../../../machinery/names.ts';
import type { KubeObject } from '../../../machinery/object-meta.ts';
import { reportTexts } from '../../pod-template/findings.ts';
import { selectorFindings } from '../../pod-template/validate-affinity.ts';
import { checkIpBlock } from './ip-block.ts';
import { directions, type NetworkPolicy, type Peer, type PolicyPort } from './network-policy.ts';

const SPEC = FieldPath.root('spec');
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'];
const POLICY_TYPES = ['Ingress', 'Egress'];

export function validate(object: KubeObject): FieldError[] {
  return policyFindings(object as NetworkPolicy, new Set());
}

/** Ranges that stood there before may stay, however they are spelled. */
export function validateUpdate(object: KubeObject, old: KubeObject): FieldError[] {
  const blocks = directions(old as NetworkPolicy).flatMap(({ list }) => list.flatMap(({ peers }) => peers.map((peer) => peer.ipBlock)));
  return policyFindings(object as NetworkPolicy, new Set(blocks.flatMap((block) => [block?.cidr ?? '', ...(block?.except ?? [])])));
}

function policyFindings(policy: NetworkPolicy, knownRanges: ReadonlySet<string>): FieldError[] {
  const findings: FieldError[] = [];
  findings.push(...selectorFindings(policy.spec?.podSelector, SPEC.child('podSelector')));
  for (const { rules, peers: peersField, list } of directions(policy)) {
    list.forEach(({ ports, peers }, i) => {
      const path = SPEC.child(rules).index(i);
      ports.forEach((port, j) => checkPort(findings, port, path.child('ports').index(j)));
      peers.forEach((peer, j) => checkPeer(findings, peer, path.child(peersField).index(j), knownRanges));
    });
  }
  checkTypes(findings, policy.spec?.policyTypes ?? [], SPEC.child('policyTypes'));
  return findings;
}

function checkPort(findings: FieldError[], { protocol, port, endPort }: PolicyPort, path: FieldPath): void {
  if (protocol !== undefined && !PROTOCOLS.includes(protocol)) findings.push(fieldNotSupported(path.child('protocol'), protocol, PROTOCOLS));
  const endPath = path.child('endPort');
  if (typeof port === 'number') {
    reportTexts(findings, path.child('port'), port, isPortNumber(port));
    if (endPort === undefined) return;
    if (endPort < port) findings.push(fieldInvalid(endPath, port, 'must be greater than or equal to `port`'));
    reportTexts(findings, endPath, endPort, isPortNumber(endPort));
    return;
  }
  if (endPort !== undefined) {
    const reason = port === undefined ? 'not specified' : 'non-numeric';
    findings.push(fieldInvalid(endPath, endPort, `may not be specified when \`port\` is ${reason}`));
  }
  if (port !== undefined) reportTexts(findings, path.child('port'), port, isPortName(port));
}

function checkPeer(findings: FieldError[], { podSelector, namespaceSelector, ipBlock }: Peer, path: FieldPath, knownRanges: ReadonlySet<string>): void {
  findings.push(...selectorFindings(podSelector, path.child('podSelector')));
  findings.push(...selectorFindings(namespaceSelector, path.child('namespaceSelector')));
  if (ipBlock !== undefined) checkIpBlock(findings, ipBlock, path.child('ipBlock'), knownRanges);
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined;
  if (!hasSelector && ipBlock === undefined) findings.push(fieldRequired(path, 'must specify a peer'));
  else if (hasSelector && ipBlock !== undefined) findings.push(fieldForbidden(path, 'may not specify both ipBlock and another peer'));
}

function checkTypes(findings: FieldError[], types: readonly string[], path: FieldPath): void {
  if (types.length > POLICY_TYPES.length) {
    findings.push(fieldInvalid(path, types, 'may not specify more than two policyTypes'));
    return;
  }
  types.forEach((type, i) => {
    if (!POLICY_TYPES.includes(type)) findings.push(fieldNotSupported(path.index(i), type, POLICY_TYPES));
  });
}
