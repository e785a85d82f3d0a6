import type { KubeObject } from '../../machinery/object-meta.ts';
import type { Loose } from '../pod-template/shapes.ts';
import type * as v1 from '../types/generated/resource-v1.ts';

export type DeviceSelector = Loose<v1.DeviceSelector>;
export type DeviceClassSpec = Loose<v1.DeviceClassSpec>;
export type DeviceClaim = Loose<v1.DeviceClaim>;
export type DeviceRequest = Loose<v1.DeviceRequest>;
/** What `exactly` and the entries of `firstAvailable` have in common. */
export type DeviceDemand = Loose<v1.DeviceSubRequest>;
export type DeviceToleration = Loose<v1.DeviceToleration>;
export type DeviceConstraint = Loose<v1.DeviceConstraint>;
export type ClaimSpec = Loose<v1.ResourceClaimSpec>;
export type ClaimStatus = Loose<v1.ResourceClaimStatus>;
export type AllocationResult = Loose<v1.AllocationResult>;
export type AllocatedDevice = Loose<v1.DeviceRequestAllocationResult>;
export type AllocatedDeviceStatus = Loose<v1.AllocatedDeviceStatus>;
export type SliceSpec = Loose<v1.ResourceSliceSpec>;
export type Device = Loose<v1.Device>;
export type DeviceAttribute = Loose<v1.DeviceAttribute>;
export type DeviceCapacity = Loose<v1.DeviceCapacity>;
export type CounterSet = Loose<v1.CounterSet>;

export type DeviceClass = KubeObject & { spec?: DeviceClassSpec };
export type ResourceClaim = KubeObject & { spec?: ClaimSpec; status?: ClaimStatus };
export type ResourceClaimTemplate = KubeObject & { spec?: { metadata?: { [field: string]: unknown }; spec?: ClaimSpec } };
export type ResourceSlice = KubeObject & { spec?: SliceSpec };
