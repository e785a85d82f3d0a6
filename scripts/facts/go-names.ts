/**
 * Go's names of string types, which decoding errors show: `cannot unmarshal number into Go struct field
 * ServiceSpec.spec.type of type v1.ServiceType`. Fields that are not here are plain strings. A line holds a type (without
 * its package where one group has it alone) and its fields with the name.
 */
const NAMES = `
core.v1.AppArmorProfile type=AppArmorProfileType
core.v1.AzureDiskVolumeSource cachingMode=AzureDataDiskCachingMode kind=AzureDataDiskKind
core.v1.Capabilities add=Capability drop=Capability
core.v1.ComponentCondition type=ComponentConditionType status=ConditionStatus
core.v1.Container imagePullPolicy=PullPolicy terminationMessagePolicy=TerminationMessagePolicy restartPolicy=ContainerRestartPolicy
core.v1.ContainerPort protocol=Protocol
core.v1.ContainerResizePolicy resourceName=ResourceName restartPolicy=ResourceResizeRestartPolicy
core.v1.ContainerRestartRule action=ContainerRestartRuleAction
core.v1.ContainerRestartRuleOnExitCodes operator=ContainerRestartRuleOnExitCodesOperator
core.v1.ContainerStatus stopSignal=Signal
core.v1.EmptyDirVolumeSource medium=StorageMedium
core.v1.EndpointPort protocol=Protocol
core.v1.EphemeralContainer imagePullPolicy=PullPolicy terminationMessagePolicy=TerminationMessagePolicy restartPolicy=ContainerRestartPolicy
core.v1.HTTPGetAction scheme=URIScheme
core.v1.HostPathVolumeSource type=HostPathType
core.v1.ImageVolumeSource pullPolicy=PullPolicy
core.v1.Lifecycle stopSignal=Signal
core.v1.LimitRangeItem type=LimitType
core.v1.LoadBalancerIngress ipMode=LoadBalancerIPMode
core.v1.ModifyVolumeStatus status=PersistentVolumeClaimModifyVolumeStatus
core.v1.NamespaceCondition type=NamespaceConditionType status=ConditionStatus
core.v1.NamespaceSpec finalizers=FinalizerName
core.v1.NamespaceStatus phase=NamespacePhase
core.v1.NodeAddress type=NodeAddressType
core.v1.NodeCondition type=NodeConditionType status=ConditionStatus
core.v1.NodeSelectorRequirement operator=NodeSelectorOperator
core.v1.NodeStatus phase=NodePhase volumesInUse=UniqueVolumeName
core.v1.ObjectReference uid=types.UID
core.v1.PersistentVolumeClaimCondition type=PersistentVolumeClaimConditionType status=ConditionStatus
core.v1.PersistentVolumeClaimSpec accessModes=PersistentVolumeAccessMode volumeMode=PersistentVolumeMode
core.v1.PersistentVolumeClaimStatus phase=PersistentVolumeClaimPhase accessModes=PersistentVolumeAccessMode
core.v1.PersistentVolumeSpec accessModes=PersistentVolumeAccessMode persistentVolumeReclaimPolicy=PersistentVolumeReclaimPolicy volumeMode=PersistentVolumeMode
core.v1.PersistentVolumeStatus phase=PersistentVolumePhase
core.v1.PodCondition type=PodConditionType status=ConditionStatus
core.v1.PodOS name=OSName
core.v1.PodReadinessGate conditionType=PodConditionType
core.v1.PodSecurityContext fsGroupChangePolicy=PodFSGroupChangePolicy seLinuxChangePolicy=PodSELinuxChangePolicy supplementalGroupsPolicy=SupplementalGroupsPolicy
core.v1.PodSpec dnsPolicy=DNSPolicy restartPolicy=RestartPolicy preemptionPolicy=PreemptionPolicy
core.v1.PodStatus phase=PodPhase qosClass=PodQOSClass resize=PodResizeStatus
core.v1.PortStatus protocol=Protocol
core.v1.ReplicationControllerCondition type=ReplicationControllerConditionType status=ConditionStatus
core.v1.ResourceQuotaSpec scopes=ResourceQuotaScope
core.v1.ScopedResourceSelectorRequirement scopeName=ResourceQuotaScope operator=ScopeSelectorOperator
core.v1.SeccompProfile type=SeccompProfileType
core.v1.Secret type=SecretType
core.v1.SecurityContext procMount=ProcMountType
core.v1.ServicePort protocol=Protocol
core.v1.ServiceSpec type=ServiceType sessionAffinity=ServiceAffinity externalTrafficPolicy=ServiceExternalTrafficPolicy internalTrafficPolicy=ServiceInternalTrafficPolicy ipFamilyPolicy=IPFamilyPolicy ipFamilies=IPFamily
core.v1.Taint effect=TaintEffect
core.v1.Toleration operator=TolerationOperator effect=TaintEffect
core.v1.TopologySpreadConstraint whenUnsatisfiable=UnsatisfiableConstraintAction nodeAffinityPolicy=NodeInclusionPolicy nodeTaintsPolicy=NodeInclusionPolicy
core.v1.VolumeMount mountPropagation=MountPropagationMode recursiveReadOnly=RecursiveReadOnlyMode
admissionregistration.v1.MatchResources matchPolicy=MatchPolicyType
admissionregistration.v1.MutatingWebhook failurePolicy=FailurePolicyType matchPolicy=MatchPolicyType sideEffects=SideEffectClass reinvocationPolicy=ReinvocationPolicyType
admissionregistration.v1.NamedRuleWithOperations operations=OperationType scope=ScopeType
admissionregistration.v1.ParamRef parameterNotFoundAction=ParameterNotFoundActionType
admissionregistration.v1.RuleWithOperations operations=OperationType scope=ScopeType
admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec validationActions=ValidationAction
admissionregistration.v1.ValidatingAdmissionPolicySpec failurePolicy=FailurePolicyType
admissionregistration.v1.MutatingAdmissionPolicySpec failurePolicy=FailurePolicyType
admissionregistration.v1.Mutation patchType=PatchType
admissionregistration.v1.ValidatingWebhook failurePolicy=FailurePolicyType matchPolicy=MatchPolicyType sideEffects=SideEffectClass
admissionregistration.v1.Validation reason=StatusReason
apps.v1.DaemonSetCondition type=DaemonSetConditionType status=ConditionStatus
apps.v1.DaemonSetUpdateStrategy type=DaemonSetUpdateStrategyType
apps.v1.DeploymentCondition type=DeploymentConditionType status=ConditionStatus
apps.v1.DeploymentStrategy type=DeploymentStrategyType
apps.v1.ReplicaSetCondition type=ReplicaSetConditionType status=ConditionStatus
apps.v1.StatefulSetCondition type=StatefulSetConditionType status=ConditionStatus
apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted=PersistentVolumeClaimRetentionPolicyType whenScaled=PersistentVolumeClaimRetentionPolicyType
apps.v1.StatefulSetSpec podManagementPolicy=PodManagementPolicyType
apps.v1.StatefulSetUpdateStrategy type=StatefulSetUpdateStrategyType
autoscaling.v2.ContainerResourceMetricSource name=ResourceName
autoscaling.v2.HPAScalingPolicy type=HPAScalingPolicyType
autoscaling.v2.HPAScalingRules selectPolicy=ScalingPolicySelect
autoscaling.v2.HorizontalPodAutoscalerCondition type=HorizontalPodAutoscalerConditionType status=ConditionStatus
autoscaling.v2.MetricSpec type=MetricSourceType
autoscaling.v2.MetricTarget type=MetricTargetType
autoscaling.v2.ResourceMetricSource name=ResourceName
batch.v1.CronJobSpec concurrencyPolicy=ConcurrencyPolicy
batch.v1.JobCondition type=JobConditionType status=ConditionStatus
batch.v1.JobSpec completionMode=CompletionMode podReplacementPolicy=PodReplacementPolicy
batch.v1.PodFailurePolicyOnExitCodesRequirement operator=PodFailurePolicyOnExitCodesOperator
batch.v1.PodFailurePolicyOnPodConditionsPattern type=PodConditionType status=ConditionStatus
batch.v1.PodFailurePolicyRule action=PodFailurePolicyAction
batch.v1.UncountedTerminatedPods failed=types.UID succeeded=types.UID
certificates.v1.CertificateSigningRequestCondition type=RequestConditionType status=ConditionStatus
certificates.v1.CertificateSigningRequestSpec usages=KeyUsage
coordination.v1.LeaseSpec strategy=CoordinatedLeaseStrategy
discovery.v1.EndpointPort protocol=Protocol
discovery.v1.EndpointSlice addressType=AddressType
flowcontrol.v1.FlowDistinguisherMethod type=FlowDistinguisherMethodType
flowcontrol.v1.LimitResponse type=LimitResponseType
flowcontrol.v1.PriorityLevelConfigurationSpec type=PriorityLevelEnablement
flowcontrol.v1.Subject kind=SubjectKind
networking.v1.HTTPIngressPath pathType=PathType
networking.v1.NetworkPolicyPort protocol=Protocol
networking.v1.NetworkPolicySpec policyTypes=PolicyType
policy.v1.PodDisruptionBudgetSpec unhealthyPodEvictionPolicy=UnhealthyPodEvictionPolicyType
resource.v1.DeviceSubRequest allocationMode=DeviceAllocationMode
resource.v1.DeviceTaint effect=DeviceTaintEffect
resource.v1.DeviceToleration operator=DeviceTolerationOperator effect=DeviceTaintEffect
resource.v1.ExactDeviceRequest allocationMode=DeviceAllocationMode
scheduling.v1.PriorityClass preemptionPolicy=PreemptionPolicy
storage.v1.CSIDriverSpec fsGroupPolicy=FSGroupPolicy volumeLifecycleModes=VolumeLifecycleMode
storage.v1.StorageClass reclaimPolicy=PersistentVolumeReclaimPolicy volumeBindingMode=VolumeBindingMode
apiextensions.v1.CustomResourceConversion strategy=ConversionStrategyType
apiextensions.v1.CustomResourceDefinitionCondition type=CustomResourceDefinitionConditionType status=ConditionStatus
apiextensions.v1.CustomResourceDefinitionSpec scope=ResourceScope
apiextensions.v1.JSONSchemaProps $schema=JSONSchemaURL
apiextensions.v1.ValidationRule reason=FieldValueErrorReason
meta.v1.Condition status=ConditionStatus
meta.v1.DeleteOptions propagationPolicy=DeletionPropagation
meta.v1.LabelSelectorRequirement operator=LabelSelectorOperator
meta.v1.ManagedFieldsEntry operation=ManagedFieldsOperationType
meta.v1.ObjectMeta uid=types.UID
meta.v1.OwnerReference uid=types.UID
meta.v1.Preconditions uid=types.UID
apiregistration.v1.APIServiceCondition type=APIServiceConditionType status=ConditionStatus
`;

/** Types of other packages that the names above take from core/v1. */
const OF_CORE: ReadonlySet<string> = new Set(['ResourceName', 'Protocol', 'PersistentVolumeReclaimPolicy', 'PreemptionPolicy', 'PodConditionType']);

/** `v1.ServiceType` for `io.k8s.api.core.v1.ServiceSpec` and `type`. */
export function readGoNames(): (type: string, field: string) => string | undefined {
  const names = new Map<string, string>();
  for (const line of NAMES.trim().split('\n')) {
    const [type = '', ...fields] = line.split(' ');
    const version = type.split('.')[1] ?? 'v1';
    for (const entry of fields) {
      const [field = '', name = ''] = entry.split('=');
      const qualified = name.includes('.') ? name : `${OF_CORE.has(name) || name === 'ConditionStatus' ? 'v1' : version}.${name}`;
      names.set(`${type}.${field}`, qualified);
    }
  }
  return (type, field) => names.get(`${type.split('.').slice(-3).join('.')}.${field}`);
}
