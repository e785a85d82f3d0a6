const containerFields =
  'Name:s Image:s Command:* Args:* WorkingDir:s Ports:[ContainerPort EnvFrom:[EnvFromSource Env:[EnvVar ' +
  'Resources:.ResourceRequirements ResizePolicy:[ContainerResizePolicy RestartPolicy:* RestartPolicyRules:[ContainerRestartRule ' +
  'VolumeMounts:[VolumeMount VolumeDevices:[VolumeDevice LivenessProbe:&Probe ReadinessProbe:&Probe StartupProbe:&Probe ' +
  'Lifecycle:&Lifecycle TerminationMessagePath:s TerminationMessagePolicy:s ImagePullPolicy:s SecurityContext:&SecurityContext ' +
  'Stdin:b StdinOnce:b TTY=tty:b';

const securityFields = 'SELinuxOptions=seLinuxOptions:&SELinuxOptions WindowsOptions:&WindowsSecurityContextOptions RunAsUser:* RunAsGroup:* RunAsNonRoot:*';

const fsTypeAndReadOnly = 'FSType=fsType:s ReadOnly:b';

/**
 * Field orders of Kubernetes 1.36's internal structs, as far as findings show them whole. The code behind the colon is
 * the field's shape: `s` string, `b` boolean, `i` integer, `q` quantity, `*` shown as it is (null when absent), `[X` list
 * of X, `&X` pointer to X, `.X` X itself, `+X` the fields of X in this place.
 */
export const internalLayouts: Readonly<Record<string, string>> = {
  PodSpec:
    'Volumes:[Volume InitContainers:[Container Containers:[Container EphemeralContainers:[EphemeralContainer RestartPolicy:s ' +
    'TerminationGracePeriodSeconds:* ActiveDeadlineSeconds:* DNSPolicy=dnsPolicy:s NodeSelector:* ServiceAccountName:s ' +
    'AutomountServiceAccountToken:* NodeName:s SecurityContext:&PodSecurityContext ImagePullSecrets:[LocalObjectReference ' +
    'Hostname:s Subdomain:s SetHostnameAsFQDN:* Affinity:&Affinity SchedulerName:s Tolerations:[Toleration ' +
    'HostAliases:[HostAlias PriorityClassName:s Priority:* PreemptionPolicy:* DNSConfig=dnsConfig:&PodDNSConfig ' +
    'ReadinessGates:[PodReadinessGate RuntimeClassName:* Overhead:* EnableServiceLinks:* ' +
    'TopologySpreadConstraints:[TopologySpreadConstraint OS=os:&PodOS SchedulingGates:[PodSchedulingGate ' +
    'ResourceClaims:[PodResourceClaim Resources:&ResourceRequirements HostnameOverride:* SchedulingGroup:&PodSchedulingGroup',
  PodSecurityContext:
    'HostNetwork:b HostPID=hostPID:b HostIPC=hostIPC:b ShareProcessNamespace:* HostUsers:* ' +
    `${securityFields} SupplementalGroups:* SupplementalGroupsPolicy:* FSGroup=fsGroup:* FSGroupChangePolicy=fsGroupChangePolicy:* ` +
    'Sysctls:[Sysctl SeccompProfile:&SeccompProfile AppArmorProfile:&AppArmorProfile SELinuxChangePolicy=seLinuxChangePolicy:*',
  Container: containerFields,
  EphemeralContainer: `${containerFields} TargetContainerName:s`,
  ContainerPort: 'Name:s HostPort:i ContainerPort:i Protocol:s HostIP=hostIP:s',
  ContainerResizePolicy: 'ResourceName:s RestartPolicy:s',
  ContainerRestartRule: 'Action:s ExitCodes:&ContainerRestartRuleOnExitCodes',
  ContainerRestartRuleOnExitCodes: 'Operator:s Values:*',
  EnvFromSource: 'Prefix:s ConfigMapRef:&OptionalReference SecretRef:&OptionalReference',
  OptionalReference: 'Name:s Optional:*',
  EnvVar: 'Name:s Value:s ValueFrom:&EnvVarSource',
  EnvVarSource:
    'FieldRef:&ObjectFieldSelector ResourceFieldRef:&ResourceFieldSelector ConfigMapKeyRef:&KeySelector SecretKeyRef:&KeySelector FileKeyRef:&FileKeySelector',
  ObjectFieldSelector: 'APIVersion=apiVersion:s FieldPath:s',
  ResourceFieldSelector: 'ContainerName:s Resource:s Divisor:q',
  KeySelector: 'Name:s Key:s Optional:*',
  FileKeySelector: 'VolumeName:s Path:s Key:s Optional:*',
  ResourceRequirements: 'Limits:* Requests:* Claims:[ResourceClaim',
  VolumeResourceRequirements: 'Limits:* Requests:*',
  ResourceClaim: 'Name:s Request:s',
  VolumeMount: 'Name:s ReadOnly:b RecursiveReadOnly:* MountPath:s SubPath:s MountPropagation:* SubPathExpr:s',
  VolumeDevice: 'Name:s DevicePath:s',
  Handler: 'Exec:&ExecAction HTTPGet=httpGet:&HTTPGetAction TCPSocket=tcpSocket:&TCPSocketAction',
  Probe:
    'Handler:+Handler GRPC=grpc:&GRPCAction InitialDelaySeconds:i TimeoutSeconds:i PeriodSeconds:i SuccessThreshold:i ' +
    'FailureThreshold:i TerminationGracePeriodSeconds:*',
  Lifecycle: 'PostStart:&LifecycleHandler PreStop:&LifecycleHandler StopSignal:*',
  LifecycleHandler: 'Handler:+Handler Sleep:&SleepAction',
  ExecAction: 'Command:*',
  HTTPGetAction: 'Path:s Port:i Host:s Scheme:s HTTPHeaders=httpHeaders:[HTTPHeader',
  HTTPHeader: 'Name:s Value:s',
  TCPSocketAction: 'Port:i Host:s',
  GRPCAction: 'Port:i Service:*',
  SleepAction: 'Seconds:i',
  SecurityContext:
    `Capabilities:&Capabilities Privileged:* ${securityFields} ReadOnlyRootFilesystem:* AllowPrivilegeEscalation:* ProcMount:* ` +
    'SeccompProfile:&SeccompProfile AppArmorProfile:&AppArmorProfile',
  Capabilities: 'Add:* Drop:*',
  SELinuxOptions: 'User:s Role:s Type:s Level:s',
  WindowsSecurityContextOptions:
    'GMSACredentialSpecName=gmsaCredentialSpecName:* GMSACredentialSpec=gmsaCredentialSpec:* RunAsUserName:* HostProcess:*',
  SeccompProfile: 'Type:s LocalhostProfile:*',
  AppArmorProfile: 'Type:s LocalhostProfile:*',
  Sysctl: 'Name:s Value:s',
  LocalObjectReference: 'Name:s',
  SecretReference: 'Name:s Namespace:s',

  Affinity: 'NodeAffinity:&NodeAffinity PodAffinity:&PodAffinity PodAntiAffinity:&PodAffinity',
  NodeAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:&NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm',
  NodeSelector: 'NodeSelectorTerms:[NodeSelectorTerm',
  NodeSelectorTerm: 'MatchExpressions:[NodeSelectorRequirement MatchFields:[NodeSelectorRequirement',
  NodeSelectorRequirement: 'Key:s Operator:s Values:*',
  PreferredSchedulingTerm: 'Weight:i Preference:.NodeSelectorTerm',
  PodAffinity:
    'RequiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm',
  PodAffinityTerm: 'LabelSelector:* Namespaces:* TopologyKey:s NamespaceSelector:* MatchLabelKeys:* MismatchLabelKeys:*',
  WeightedPodAffinityTerm: 'Weight:i PodAffinityTerm:.PodAffinityTerm',
  Toleration: 'Key:s Operator:s Value:s Effect:s TolerationSeconds:*',
  Taint: 'Key:s Value:s Effect:s TimeAdded:*',
  HostAlias: 'IP=ip:s Hostnames:*',
  PodDNSConfig: 'Nameservers:* Searches:* Options:[PodDNSConfigOption',
  PodDNSConfigOption: 'Name:s Value:*',
  PodReadinessGate: 'ConditionType:s',
  TopologySpreadConstraint:
    'MaxSkew:i TopologyKey:s WhenUnsatisfiable:s LabelSelector:* MinDomains:* NodeAffinityPolicy:* NodeTaintsPolicy:* MatchLabelKeys:*',
  PodOS: 'Name:s',
  PodSchedulingGate: 'Name:s',
  PodSchedulingGroup: 'PodGroupName:*',
  PodResourceClaim: 'Name:s ResourceClaimName:* ResourceClaimTemplateName:*',

  Volume:
    'Name:s HostPath:&HostPathVolumeSource EmptyDir:&EmptyDirVolumeSource GCEPersistentDisk=gcePersistentDisk:&GCEPersistentDiskVolumeSource ' +
    'AWSElasticBlockStore=awsElasticBlockStore:&AWSElasticBlockStoreVolumeSource GitRepo:&GitRepoVolumeSource Secret:&SecretVolumeSource ' +
    'NFS=nfs:&NFSVolumeSource ISCSI=iscsi:&ISCSIVolumeSource Glusterfs:&GlusterfsVolumeSource ' +
    'PersistentVolumeClaim:&PersistentVolumeClaimVolumeSource RBD=rbd:&RBDVolumeSource Quobyte:&QuobyteVolumeSource FlexVolume:&FlexVolumeSource ' +
    'Cinder:&CinderVolumeSource CephFS=cephfs:&CephFSVolumeSource Flocker:&FlockerVolumeSource DownwardAPI=downwardAPI:&DownwardAPIVolumeSource ' +
    'FC=fc:&FCVolumeSource AzureFile:&AzureFileVolumeSource ConfigMap:&ConfigMapVolumeSource VsphereVolume:&VsphereVirtualDiskVolumeSource ' +
    'AzureDisk:&AzureDiskVolumeSource PhotonPersistentDisk:&PhotonPersistentDiskVolumeSource Projected:&ProjectedVolumeSource ' +
    'PortworxVolume:&PortworxVolumeSource ScaleIO=scaleIO:&ScaleIOVolumeSource StorageOS=storageos:&StorageOSVolumeSource CSI=csi:&CSIVolumeSource ' +
    'Ephemeral:* Image:&ImageVolumeSource',
  PersistentVolumeSource:
    'GCEPersistentDisk=gcePersistentDisk:&GCEPersistentDiskVolumeSource AWSElasticBlockStore=awsElasticBlockStore:&AWSElasticBlockStoreVolumeSource ' +
    'HostPath:&HostPathVolumeSource Glusterfs:&GlusterfsPersistentVolumeSource NFS=nfs:&NFSVolumeSource RBD=rbd:&RBDPersistentVolumeSource ' +
    'Quobyte:&QuobyteVolumeSource ISCSI=iscsi:&ISCSIPersistentVolumeSource FlexVolume:&FlexPersistentVolumeSource ' +
    'Cinder:&CinderPersistentVolumeSource CephFS=cephfs:&CephFSPersistentVolumeSource FC=fc:&FCVolumeSource Flocker:&FlockerVolumeSource ' +
    'AzureFile:&AzureFilePersistentVolumeSource VsphereVolume:&VsphereVirtualDiskVolumeSource AzureDisk:&AzureDiskVolumeSource ' +
    'PhotonPersistentDisk:&PhotonPersistentDiskVolumeSource PortworxVolume:&PortworxVolumeSource ScaleIO=scaleIO:&ScaleIOPersistentVolumeSource ' +
    'Local:&LocalVolumeSource StorageOS=storageos:&StorageOSPersistentVolumeSource CSI=csi:&CSIPersistentVolumeSource',
  PersistentVolumeClaimSpec:
    'AccessModes:* Selector:* Resources:.VolumeResourceRequirements VolumeName:s StorageClassName:* VolumeMode:* ' +
    'DataSource:&TypedLocalObjectReference DataSourceRef:&TypedObjectReference VolumeAttributesClassName:*',
  TypedLocalObjectReference: 'APIGroup=apiGroup:* Kind:s Name:s',
  TypedObjectReference: 'APIGroup=apiGroup:* Kind:s Name:s Namespace:*',
  VolumeNodeAffinity: 'Required:&NodeSelector',

  KeyToPath: 'Key:s Path:s Mode:*',
  HostPathVolumeSource: 'Path:s Type:*',
  LocalVolumeSource: 'Path:s FSType=fsType:*',
  EmptyDirVolumeSource: 'Medium:s SizeLimit:*',
  GCEPersistentDiskVolumeSource: 'PDName=pdName:s FSType=fsType:s Partition:i ReadOnly:b',
  AWSElasticBlockStoreVolumeSource: 'VolumeID=volumeID:s FSType=fsType:s Partition:i ReadOnly:b',
  GitRepoVolumeSource: 'Repository:s Revision:s Directory:s',
  SecretVolumeSource: 'SecretName:s Items:[KeyToPath DefaultMode:* Optional:*',
  ConfigMapVolumeSource: 'Name:s Items:[KeyToPath DefaultMode:* Optional:*',
  NFSVolumeSource: 'Server:s Path:s ReadOnly:b',
  ISCSIVolumeSource:
    `TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s ${fsTypeAndReadOnly} Portals:* DiscoveryCHAPAuth=chapAuthDiscovery:b ` +
    'SessionCHAPAuth=chapAuthSession:b SecretRef:&LocalObjectReference InitiatorName:*',
  ISCSIPersistentVolumeSource:
    `TargetPortal:s IQN=iqn:s Lun:i ISCSIInterface=iscsiInterface:s ${fsTypeAndReadOnly} Portals:* DiscoveryCHAPAuth=chapAuthDiscovery:b ` +
    'SessionCHAPAuth=chapAuthSession:b SecretRef:&SecretReference InitiatorName:*',
  GlusterfsVolumeSource: 'EndpointsName=endpoints:s Path:s ReadOnly:b',
  GlusterfsPersistentVolumeSource: 'EndpointsName=endpoints:s Path:s ReadOnly:b EndpointsNamespace:*',
  PersistentVolumeClaimVolumeSource: 'ClaimName:s ReadOnly:b',
  RBDVolumeSource:
    'CephMonitors=monitors:* RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:&LocalObjectReference ReadOnly:b',
  RBDPersistentVolumeSource:
    'CephMonitors=monitors:* RBDImage=image:s FSType=fsType:s RBDPool=pool:s RadosUser=user:s Keyring:s SecretRef:&SecretReference ReadOnly:b',
  QuobyteVolumeSource: 'Registry:s Volume:s ReadOnly:b User:s Group:s Tenant:s',
  FlexVolumeSource: 'Driver:s FSType=fsType:s SecretRef:&LocalObjectReference ReadOnly:b Options:*',
  FlexPersistentVolumeSource: 'Driver:s FSType=fsType:s SecretRef:&SecretReference ReadOnly:b Options:*',
  CinderVolumeSource: `VolumeID=volumeID:s ${fsTypeAndReadOnly} SecretRef:&LocalObjectReference`,
  CinderPersistentVolumeSource: `VolumeID=volumeID:s ${fsTypeAndReadOnly} SecretRef:&SecretReference`,
  CephFSVolumeSource: 'Monitors:* Path:s User:s SecretFile:s SecretRef:&LocalObjectReference ReadOnly:b',
  CephFSPersistentVolumeSource: 'Monitors:* Path:s User:s SecretFile:s SecretRef:&SecretReference ReadOnly:b',
  FlockerVolumeSource: 'DatasetName:s DatasetUUID=datasetUUID:s',
  DownwardAPIVolumeSource: 'Items:[DownwardAPIVolumeFile DefaultMode:*',
  DownwardAPIVolumeFile: 'Path:s FieldRef:&ObjectFieldSelector ResourceFieldRef:&ResourceFieldSelector Mode:*',
  FCVolumeSource: 'TargetWWNs=targetWWNs:* Lun:* FSType=fsType:s ReadOnly:b WWIDs=wwids:*',
  AzureFileVolumeSource: 'SecretName:s ShareName:s ReadOnly:b',
  AzureFilePersistentVolumeSource: 'SecretName:s ShareName:s ReadOnly:b SecretNamespace:*',
  VsphereVirtualDiskVolumeSource: 'VolumePath:s FSType=fsType:s StoragePolicyName:s StoragePolicyID=storagePolicyID:s',
  AzureDiskVolumeSource: 'DiskName:s DataDiskURI=diskURI:s CachingMode:* FSType=fsType:* ReadOnly:* Kind:*',
  PhotonPersistentDiskVolumeSource: 'PdID=pdID:s FSType=fsType:s',
  ProjectedVolumeSource: 'Sources:[VolumeProjection DefaultMode:*',
  VolumeProjection:
    'Secret:&KeyProjection DownwardAPI=downwardAPI:&DownwardAPIProjection ConfigMap:&KeyProjection ServiceAccountToken:&ServiceAccountTokenProjection ' +
    'ClusterTrustBundle:&ClusterTrustBundleProjection PodCertificate:&PodCertificateProjection',
  KeyProjection: 'Name:s Items:[KeyToPath Optional:*',
  DownwardAPIProjection: 'Items:[DownwardAPIVolumeFile',
  ServiceAccountTokenProjection: 'Audience:s ExpirationSeconds:i Path:s',
  ClusterTrustBundleProjection: 'Name:* SignerName:* LabelSelector:* Optional:* Path:s',
  PodCertificateProjection:
    'SignerName:s KeyType:s MaxExpirationSeconds:* CredentialBundlePath:s KeyPath:s CertificateChainPath:s UserAnnotations:*',
  PortworxVolumeSource: `VolumeID=volumeID:s ${fsTypeAndReadOnly}`,
  ScaleIOVolumeSource:
    'Gateway:s System:s SecretRef:&LocalObjectReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s ' + fsTypeAndReadOnly,
  ScaleIOPersistentVolumeSource:
    'Gateway:s System:s SecretRef:&SecretReference SSLEnabled=sslEnabled:b ProtectionDomain:s StoragePool:s StorageMode:s VolumeName:s ' + fsTypeAndReadOnly,
  StorageOSVolumeSource: `VolumeName:s VolumeNamespace:s ${fsTypeAndReadOnly} SecretRef:&LocalObjectReference`,
  StorageOSPersistentVolumeSource: `VolumeName:s VolumeNamespace:s ${fsTypeAndReadOnly} SecretRef:*`,
  CSIVolumeSource: 'Driver:s ReadOnly:* FSType=fsType:* VolumeAttributes:* NodePublishSecretRef:&LocalObjectReference',
  CSIPersistentVolumeSource:
    'Driver:s VolumeHandle:s ReadOnly:b FSType=fsType:s VolumeAttributes:* ControllerPublishSecretRef:&SecretReference ' +
    'NodeStageSecretRef:&SecretReference NodePublishSecretRef:&SecretReference ControllerExpandSecretRef:&SecretReference NodeExpandSecretRef:&SecretReference',
  ImageVolumeSource: 'Reference:s PullPolicy:s',
};
