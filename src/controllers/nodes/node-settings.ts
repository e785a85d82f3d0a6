/** How nodes are watched over, and what they are given: kube-controller-manager's flags of the same names. */
export interface NodeSettings {
  /** `--node-monitor-period`; default 5 s. */
  readonly monitorPeriodMs?: number;
  /** `--node-monitor-grace-period`: how long a node may be silent; default 50 s. */
  readonly monitorGracePeriodMs?: number;
  /** `--node-startup-grace-period`: how long a new node may be; default 60 s. */
  readonly startupGracePeriodMs?: number;
  /** `--node-eviction-rate`: nodes a second of a zone whose pods are driven out; default 0.1. */
  readonly evictionRate?: number;
  /** `--secondary-node-eviction-rate`: the same in a large zone of which too much fails; default 0.01. */
  readonly secondaryEvictionRate?: number;
  /** `--large-cluster-size-threshold`: smaller zones of which too much fails are left alone; default 50. */
  readonly largeZoneNodes?: number;
  /** `--unhealthy-zone-threshold`: the share of failing nodes that is too much; default 0.55. */
  readonly unhealthyZoneShare?: number;
  /** `--terminated-pod-gc-threshold`: how many pods that ended are kept; 0: all. Default 12,500. */
  readonly terminatedPods?: number;
  /** `--cluster-cidr`: where the nodes' pods have their addresses, one range of each family; absent: nodes are given none. */
  readonly clusterCidrs?: readonly string[];
  /** `--service-cluster-ip-range`: taken out of the above. */
  readonly serviceCidrs?: readonly string[];
  /** `--node-cidr-mask-size-ipv4`; default 24. */
  readonly nodeMaskSizeIpv4?: number;
  /** `--node-cidr-mask-size-ipv6`; default 64. */
  readonly nodeMaskSizeIpv6?: number;
}
