import { fieldDuplicate, fieldInvalid, fieldRequired, type FieldPath } from '../../machinery/field-error.ts';
import { isPortName, isPortNumber } from '../../machinery/names.ts';
import { checkRequiredOneOf, reportTexts, type Findings } from './findings.ts';
import type { Container, ContainerPort, PodSpec } from './shapes.ts';

export const PORT_PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

export function checkContainerPorts(findings: Findings, ports: readonly ContainerPort[] | undefined, path: FieldPath): void {
  const names = new Set<string>();
  (ports ?? []).forEach((port, i) => {
    const portPath = path.index(i);
    if (port.name) {
      const texts = isPortName(port.name);
      if (texts.length > 0) reportTexts(findings, portPath.child('name'), port.name, texts);
      else if (names.has(port.name)) findings.push(fieldDuplicate(portPath.child('name'), port.name));
      else names.add(port.name);
    }
    if (!port.containerPort) findings.push(fieldRequired(portPath.child('containerPort')));
    else reportTexts(findings, portPath.child('containerPort'), port.containerPort, isPortNumber(port.containerPort));
    if (port.hostPort) reportTexts(findings, portPath.child('hostPort'), port.hostPort, isPortNumber(port.hostPort));
    checkRequiredOneOf(findings, portPath.child('protocol'), port.protocol, PORT_PROTOCOLS);
  });
}

/** No two of the containers may take one port of the host. */
export function checkHostPortConflicts(findings: Findings, containers: readonly Container[], path: FieldPath): void {
  const taken = new Set<string>();
  containers.forEach((container, i) => {
    (container.ports ?? []).forEach((port, j) => {
      if (!port.hostPort) return;
      const key = `${port.protocol ?? ''}/${port.hostIP ?? ''}/${port.hostPort}`;
      if (taken.has(key)) findings.push(fieldDuplicate(path.index(i).child('ports').index(j).child('hostPort'), key));
      else taken.add(key);
    });
  });
}

/** On the host's network a pod's host ports are its container ports; templates may leave them to be defaulted. */
export function checkHostNetworkPorts(findings: Findings, spec: PodSpec, path: FieldPath, isPod: boolean): void {
  if (spec.hostNetwork !== true) return;
  (spec.containers ?? []).forEach((container, i) => {
    (container.ports ?? []).forEach((port, j) => {
      const hostPort = port.hostPort ?? 0;
      if ((isPod || hostPort !== 0) && hostPort !== (port.containerPort ?? 0)) {
        const portPath = path.child('containers').index(i).child('ports').index(j).child('hostPort');
        findings.push(fieldInvalid(portPath, hostPort, 'must match `containerPort` when `hostNetwork` is true'));
      }
    });
  });
}

/** A port by number, or by the name it has elsewhere. */
export function checkPortNumberOrName(findings: Findings, path: FieldPath, port: number | string): void {
  reportTexts(findings, path, port, typeof port === 'number' ? isPortNumber(port) : isPortName(port));
}
