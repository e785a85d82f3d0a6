import type { ResourceList } from '../../pod-template/shapes.ts';
import { getOwn } from '../../../machinery/json.ts';
import { compareQuantity, parseQuantity, type Quantity } from '../../../machinery/quantity.ts';
import { claimClassOf } from '../../core/persistentvolumeclaims/claim-class.ts';
import { selectsClass } from '../quota.ts';
import { counted } from '../usage.ts';
import type { Measured, UsageEvaluator } from './evaluator.ts';

const COUNT = 'persistentvolumeclaims';
const STORAGE = 'requests.storage';
const NAMES: ReadonlySet<string> = new Set([`count/${COUNT}`, COUNT, STORAGE]);
/** `gold.storageclass.storage.k8s.io/requests.storage`: the same for one class alone. */
const CLASS_SUFFIX = '.storageclass.storage.k8s.io/';

interface ClaimFields {
  readonly spec?: { readonly resources?: { readonly requests?: ResourceList }; readonly volumeAttributesClassName?: string };
  readonly status?: {
    readonly allocatedResources?: ResourceList;
    readonly currentVolumeAttributesClassName?: string;
    readonly modifyVolumeStatus?: { readonly targetVolumeAttributesClassName?: string };
  };
}

/** Counts claims and the storage they ask for, in all and by class. */
export const claimEvaluator: UsageEvaluator = {
  handles: (operation, subresource) => (operation === 'CREATE' || operation === 'UPDATE') && subresource === '',
  usage(claim) {
    const usage = counted([`count/${COUNT}`, 1], [COUNT, 1]);
    const storageClass = claimClassOf(claim);
    if (storageClass !== '') usage.set(storageClass + CLASS_SUFFIX + COUNT, counted([COUNT, 1]).get(COUNT) as Quantity);
    const storage = storageOf(claim);
    if (storage === undefined) return usage;
    usage.set(STORAGE, storage);
    if (storageClass !== '') usage.set(storageClass + CLASS_SUFFIX + STORAGE, storage);
    return usage;
  },
  measures: (name) => NAMES.has(name) || name.endsWith(CLASS_SUFFIX + COUNT) || name.endsWith(CLASS_SUFFIX + STORAGE),
  matchesScope(scope, claim) {
    if (scope.scopeName !== 'VolumeAttributesClass') return false;
    const names = attributesClasses(claim);
    return names.length === 0 ? selectsClass(scope, undefined) : names.some((name) => selectsClass(scope, name));
  },
};

/** A claim that was to grow and could not still has what was set aside for it. */
function storageOf(claim: Measured): Quantity | undefined {
  const { spec, status } = claim as Measured & ClaimFields;
  const [wanted, allocated] = [amount(spec?.resources?.requests), amount(status?.allocatedResources)];
  if (wanted === undefined || allocated === undefined) return wanted;
  return compareQuantity(allocated, wanted) > 0 ? allocated : wanted;
}

function amount(list: ResourceList | undefined): Quantity | undefined {
  const text = list && getOwn(list, 'storage');
  return text === undefined ? undefined : parseQuantity(text);
}

/** The classes that a claim has, and is on its way from and to. */
function attributesClasses(claim: Measured): string[] {
  const { spec, status } = claim as Measured & ClaimFields;
  const names = [spec?.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName];
  return names.flatMap((name) => (name === undefined || name === '' ? [] : [name]));
}
