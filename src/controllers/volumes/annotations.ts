/** What of a binding the control loop chose itself, and may take back. */
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller';
/** A claim with it was bound once: from then on losing its volume is losing its data. */
export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed';
/** The provisioner that made a volume. */
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by';
/** Who is to make a volume for a claim; the first is what older provisioners look at. */
export const STORAGE_PROVISIONERS = ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'] as const;
/** Where the scheduler will put the first pod of a claim. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
