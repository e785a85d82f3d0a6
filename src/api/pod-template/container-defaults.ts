import { defaultPullPolicy } from './image-reference.ts';
import { roundResourceList } from './resource-list.ts';
import type { Container, EphemeralContainer, LifecycleHandler, Probe } from './shapes.ts';
import { defaultFieldRef, defaultResourceFieldRef } from './volume-defaults.ts';

export function defaultContainer(container: Container): void {
  container.imagePullPolicy ||= defaultPullPolicy(container.image ?? '');
  container.terminationMessagePath ||= '/dev/termination-log';
  container.terminationMessagePolicy ||= 'File';
  container.resources ??= {};
  roundResourceList(container.resources.limits);
  roundResourceList(container.resources.requests);
  for (const port of container.ports ?? []) port.protocol ||= 'TCP';
  for (const variable of container.env ?? []) {
    defaultFieldRef(variable.valueFrom?.fieldRef);
    defaultResourceFieldRef(variable.valueFrom?.resourceFieldRef);
    const file = variable.valueFrom?.fileKeyRef;
    if (file !== undefined) file.optional ??= false;
  }
  defaultProbe(container.livenessProbe);
  defaultProbe(container.readinessProbe);
  defaultProbe(container.startupProbe);
  defaultHandler(container.lifecycle?.postStart);
  defaultHandler(container.lifecycle?.preStop);
}

export function defaultEphemeralContainer(container: EphemeralContainer): void {
  defaultContainer(container);
}

/** Zero means unset: none of the four may be zero. */
function defaultProbe(probe: Probe | undefined): void {
  if (probe === undefined) return;
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.grpc !== undefined) probe.grpc.service ??= '';
  defaultHandler(probe);
}

function defaultHandler(handler: LifecycleHandler | Probe | undefined): void {
  const httpGet = handler?.httpGet;
  if (httpGet === undefined) return;
  httpGet.path ||= '/';
  httpGet.scheme ||= 'HTTP';
}

export function defaultHostPorts(container: Container): void {
  for (const port of container.ports ?? []) if (!port.hostPort && port.containerPort) port.hostPort = port.containerPort;
}

/** What a container is limited to and asks nothing about, it asks for. Pods only, not templates. */
export function defaultRequestsFromLimits(container: Container): void {
  const limits = container.resources?.limits;
  if (limits === undefined || container.resources === undefined) return;
  const missing = Object.entries(limits).filter(([name]) => !Object.hasOwn(container.resources?.requests ?? {}, name));
  if (missing.length === 0) return;
  container.resources.requests = Object.fromEntries([...Object.entries(container.resources.requests ?? {}), ...missing]);
}
