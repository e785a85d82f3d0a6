/** How findings show whole claims and allocations; the notation is that of the layouts of pods. */
export const CLAIM_LAYOUTS: Readonly<Record<string, string>> = {
  ResourceClaimSpec: 'Devices:.DeviceClaim',
  DeviceClaim: 'Requests:[DeviceRequest Constraints:[DeviceConstraint Config:[DeviceClaimConfiguration',
  DeviceRequest: 'Name:s Exactly:&ExactDeviceRequest FirstAvailable:[DeviceSubRequest',
  ExactDeviceRequest: 'DeviceClassName:s Selectors:[DeviceSelector AllocationMode:s Count:i AdminAccess:* Tolerations:[DeviceToleration Capacity:&CapacityRequirements',
  DeviceSubRequest: 'Name:s DeviceClassName:s Selectors:[DeviceSelector AllocationMode:s Count:i Tolerations:[DeviceToleration Capacity:&CapacityRequirements',
  CapacityRequirements: 'Requests:*',
  DeviceSelector: 'CEL=cel:&CELDeviceSelector',
  CELDeviceSelector: 'Expression:s',
  DeviceToleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:*',
  DeviceConstraint: 'Requests:* MatchAttribute:* DistinctAttribute:*',
  DeviceClaimConfiguration: 'Requests:* Opaque:&OpaqueDeviceConfiguration',
  OpaqueDeviceConfiguration: 'Driver:s Parameters:*',

  AllocationResult: 'Devices:.DeviceAllocationResult NodeSelector:&NodeSelector AllocationTimestamp:*',
  DeviceAllocationResult: 'Results:[DeviceRequestAllocationResult Config:[DeviceAllocationConfiguration',
  DeviceRequestAllocationResult:
    'Request:s Driver:s Pool:s Device:s AdminAccess:* Tolerations:[DeviceToleration BindingConditions:* BindingFailureConditions:* ' +
    'ShareID=shareID:* ConsumedCapacity:*',
  DeviceAllocationConfiguration: 'Source:s Requests:* Opaque:&OpaqueDeviceConfiguration',
  NodeSelector: 'NodeSelectorTerms:[NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:[NodeSelectorRequirement MatchFields:[NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key:s Operator:s Values:*',

  DeviceAttribute:
    'IntValue=int:* BoolValue=bool:* StringValue=string:* VersionValue=version:* IntValues=ints:* BoolValues=bools:* StringValues=strings:* ' +
    'VersionValues=versions:*',
};
