/** On a Node, with the value `true`: this process plays its kubelet. */
export const SIMULATED = 'steersman.dev/simulated';

/**
 * Settings of simulated nodes and pods: `PREFIX/SETTING` for a node, or for all main containers of a pod, and
 * `SETTING.PREFIX/CONTAINER` for one container, an init container too.
 */
export const PREFIX = 'simulated.steersman.dev';

/** On a Node, with the value `true`: it is cut off. Neither it nor its pods are heard of until the annotation is gone. */
export const FAILED = `${PREFIX}/failed`;

/** On a Node: which of its conditions are bad, of MemoryPressure, DiskPressure, PIDPressure and NotReady, with commas. */
export const CONDITIONS = `${PREFIX}/conditions`;
