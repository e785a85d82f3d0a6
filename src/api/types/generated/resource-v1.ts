// Made by scripts/facts/generate-types.ts. Do not edit.
import type { JsonObject } from '../../../machinery/json.ts';
import type { ObjectMeta } from '../../../machinery/object-meta.ts';
import type { NodeSelector } from './core-v1.ts';
import type { Condition, ListMeta } from './meta-v1.ts';

export type AllocatedDeviceStatus = {
  conditions?: Condition[];
  data?: JsonObject;
  device: string;
  driver: string;
  networkData?: NetworkDeviceData;
  pool: string;
  shareID?: string;
};

export type AllocationResult = {
  allocationTimestamp?: string;
  devices?: DeviceAllocationResult;
  nodeSelector?: NodeSelector;
};

export type CELDeviceSelector = {
  expression: string;
};

export type CapacityRequestPolicy = {
  default?: string;
  validRange?: CapacityRequestPolicyRange;
  validValues?: string[];
};

export type CapacityRequestPolicyRange = {
  max?: string;
  min: string;
  step?: string;
};

export type CapacityRequirements = {
  requests?: Record<string, string>;
};

export type Counter = {
  value: string;
};

export type CounterSet = {
  counters: Record<string, Counter>;
  name: string;
};

export type Device = {
  allNodes?: boolean;
  allowMultipleAllocations?: boolean;
  attributes?: Record<string, DeviceAttribute>;
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
  bindsToNode?: boolean;
  capacity?: Record<string, DeviceCapacity>;
  consumesCounters?: DeviceCounterConsumption[];
  name: string;
  nodeAllocatableResourceMappings?: Record<string, NodeAllocatableResourceMapping>;
  nodeName?: string;
  nodeSelector?: NodeSelector;
  taints?: DeviceTaint[];
};

export type DeviceAllocationConfiguration = {
  opaque?: OpaqueDeviceConfiguration;
  requests?: string[];
  source: 'FromClaim' | 'FromClass';
};

export type DeviceAllocationResult = {
  config?: DeviceAllocationConfiguration[];
  results?: DeviceRequestAllocationResult[];
};

export type DeviceAttribute = {
  bool?: boolean;
  bools?: boolean[];
  int?: number;
  ints?: number[];
  string?: string;
  strings?: string[];
  version?: string;
  versions?: string[];
};

export type DeviceCapacity = {
  requestPolicy?: CapacityRequestPolicy;
  value: string;
};

export type DeviceClaim = {
  config?: DeviceClaimConfiguration[];
  constraints?: DeviceConstraint[];
  requests?: DeviceRequest[];
};

export type DeviceClaimConfiguration = {
  opaque?: OpaqueDeviceConfiguration;
  requests?: string[];
};

export type DeviceClass = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'DeviceClass';
  metadata: ObjectMeta;
  spec: DeviceClassSpec;
};

export type DeviceClassConfiguration = {
  opaque?: OpaqueDeviceConfiguration;
};

export type DeviceClassList = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'DeviceClassList';
  items: DeviceClass[];
  metadata: ListMeta;
};

export type DeviceClassSpec = {
  config?: DeviceClassConfiguration[];
  extendedResourceName?: string;
  selectors?: DeviceSelector[];
};

export type DeviceConstraint = {
  distinctAttribute?: string;
  matchAttribute?: string;
  requests?: string[];
};

export type DeviceCounterConsumption = {
  counterSet: string;
  counters: Record<string, Counter>;
};

export type DeviceRequest = {
  exactly?: ExactDeviceRequest;
  firstAvailable?: DeviceSubRequest[];
  name: string;
};

export type DeviceRequestAllocationResult = {
  adminAccess?: boolean;
  bindingConditions?: string[];
  bindingFailureConditions?: string[];
  consumedCapacity?: Record<string, string>;
  device: string;
  driver: string;
  pool: string;
  request: string;
  shareID?: string;
  tolerations?: DeviceToleration[];
};

export type DeviceSelector = {
  cel?: CELDeviceSelector;
};

export type DeviceSubRequest = {
  allocationMode?: 'All' | 'ExactCount';
  capacity?: CapacityRequirements;
  count?: number;
  deviceClassName: string;
  name: string;
  selectors?: DeviceSelector[];
  tolerations?: DeviceToleration[];
};

export type DeviceTaint = {
  effect: 'NoExecute' | 'NoSchedule' | 'None';
  key: string;
  timeAdded?: string;
  value?: string;
};

export type DeviceToleration = {
  effect?: 'NoExecute' | 'NoSchedule' | 'None';
  key?: string;
  operator?: 'Equal' | 'Exists';
  tolerationSeconds?: number;
  value?: string;
};

export type ExactDeviceRequest = {
  adminAccess?: boolean;
  allocationMode?: 'All' | 'ExactCount';
  capacity?: CapacityRequirements;
  count?: number;
  deviceClassName: string;
  selectors?: DeviceSelector[];
  tolerations?: DeviceToleration[];
};

export type NetworkDeviceData = {
  hardwareAddress?: string;
  interfaceName?: string;
  ips?: string[];
};

export type NodeAllocatableResourceMapping = {
  allocationMultiplier?: string;
  capacityKey?: string;
};

export type OpaqueDeviceConfiguration = {
  driver: string;
  parameters: JsonObject;
};

export type ResourceClaim = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceClaim';
  metadata: ObjectMeta;
  spec: ResourceClaimSpec;
  status?: ResourceClaimStatus;
};

export type ResourceClaimConsumerReference = {
  apiGroup?: string;
  name: string;
  resource: string;
  uid: string;
};

export type ResourceClaimList = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceClaimList';
  items: ResourceClaim[];
  metadata: ListMeta;
};

export type ResourceClaimSpec = {
  devices?: DeviceClaim;
};

export type ResourceClaimStatus = {
  allocation?: AllocationResult;
  devices?: AllocatedDeviceStatus[];
  reservedFor?: ResourceClaimConsumerReference[];
};

export type ResourceClaimTemplate = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceClaimTemplate';
  metadata: ObjectMeta;
  spec: ResourceClaimTemplateSpec;
};

export type ResourceClaimTemplateList = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceClaimTemplateList';
  items: ResourceClaimTemplate[];
  metadata: ListMeta;
};

export type ResourceClaimTemplateSpec = {
  metadata?: ObjectMeta;
  spec: ResourceClaimSpec;
};

export type ResourcePool = {
  generation: number;
  name: string;
  resourceSliceCount: number;
};

export type ResourceSlice = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceSlice';
  metadata: ObjectMeta;
  spec: ResourceSliceSpec;
};

export type ResourceSliceList = {
  apiVersion: 'resource.k8s.io/v1';
  kind: 'ResourceSliceList';
  items: ResourceSlice[];
  metadata: ListMeta;
};

export type ResourceSliceSpec = {
  allNodes?: boolean;
  devices?: Device[];
  driver: string;
  nodeName?: string;
  nodeSelector?: NodeSelector;
  perDeviceNodeSelection?: boolean;
  pool: ResourcePool;
  sharedCounters?: CounterSet[];
};
