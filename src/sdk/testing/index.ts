/** What tests import: `import { startCluster, VirtualClock } from 'steersman/testing'`. */
export { VirtualClock } from '../../machinery/virtual-clock.ts';
export { ADMIN, Cluster, startCluster, type Address, type Answer } from './cluster.ts';
export type { ClusterOptions } from './cluster-options.ts';
export type { NodeTemplate } from '../../node/simulated/compute-node.ts';
export type { ContainerScript, PodScript } from '../../node/simulated/container-script.ts';
