import { formatTime } from '../../../machinery/clock.ts';
import { FieldPath } from '../../../machinery/field-error.ts';
import { cloneJson } from '../../../machinery/json.ts';
import { isDns1123Label } from '../../../machinery/names.ts';
import type { KindRules } from '../../kind-rules.ts';
import { syncServiceAccount } from '../../pod-template/defaults.ts';
import { podTemplateWarnings } from '../../pod-template/warnings.ts';
import { setCondition } from './binding.ts';
import { defaults, syncAddresses } from './defaults.ts';
import { ephemeralContainers } from './ephemeral-containers.ts';
import { mergeLabelKeys } from './label-keys.ts';
import type { Pod } from './pod.ts';
import { cells, rowConditions } from './printer.ts';
import { computeQosClass } from './qos.ts';
import { resize } from './resize.ts';
import { validateStatusUpdate } from './status-validation.ts';
import { validateUpdate } from './update-validation.ts';
import { validate } from './validation.ts';

const ROOT = FieldPath.root();
const GATED = 'Scheduling is blocked due to non-empty scheduling gates';

export const rules: KindRules = {
  defaults,
  prepareForCreate(object, context) {
    const pod = object as Pod;
    const spec = (pod.spec ??= {});
    syncServiceAccount(spec);
    pod.status = { phase: 'Pending', qosClass: computeQosClass(spec) };
    if ((spec.schedulingGates ?? []).length > 0) {
      setCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message: GATED, lastTransitionTime: formatTime(context.nowMs) });
    }
    mergeLabelKeys(pod);
  },
  validate,
  warningsOnCreate(object) {
    const name = object.metadata.name ?? '';
    const texts = isDns1123Label(name);
    const hint = "metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: ";
    return [...(texts.length > 0 && name !== '' ? [`${hint}[${texts.join(' ')}]`] : []), ...podTemplateWarnings(object as Pod, ROOT)];
  },
  prepareForUpdate(object) {
    syncServiceAccount(((object as Pod).spec ??= {}));
  },
  validateUpdate,
  warningsOnUpdate: (object) => podTemplateWarnings(object as Pod, ROOT),
  tracksGeneration: true,
  status: {
    prepareForUpdate(object, oldObject) {
      const pod = object as Pod;
      const old = oldObject as Pod;
      const status = (pod.status ??= {});
      // Nodes' agents write a status only: what they send for owners is not meant.
      if (old.metadata.ownerReferences === undefined) delete pod.metadata.ownerReferences;
      else pod.metadata.ownerReferences = cloneJson(old.metadata.ownerReferences);
      if (status.qosClass === undefined && old.status?.qosClass !== undefined) status.qosClass = old.status.qosClass;
      if (!status.observedGeneration && old.status?.observedGeneration) status.observedGeneration = old.status.observedGeneration;
      syncAddresses(status);
    },
    validateUpdate: validateStatusUpdate,
  },
  subresources: { ephemeralcontainers: ephemeralContainers, resize },
  selectableFields: {
    'spec.nodeName': (object) => (object as Pod).spec?.nodeName ?? '',
    'spec.restartPolicy': (object) => (object as Pod).spec?.restartPolicy ?? '',
    'spec.schedulerName': (object) => (object as Pod).spec?.schedulerName ?? '',
    'spec.serviceAccountName': (object) => (object as Pod).spec?.serviceAccountName ?? '',
    'spec.hostNetwork': (object) => String((object as Pod).spec?.hostNetwork ?? false),
    'status.phase': (object) => (object as Pod).status?.phase ?? '',
    'status.podIP': (object) => (object as Pod).status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': (object) => (object as Pod).status?.nominatedNodeName ?? '',
  },
  gracefulDeletion(object, requestedSeconds) {
    const { spec, status } = object as Pod;
    let seconds = requestedSeconds ?? spec?.terminationGracePeriodSeconds ?? 0;
    // Nobody runs it: there is nothing to wait for.
    if (!spec?.nodeName || status?.phase === 'Failed' || status?.phase === 'Succeeded') seconds = 0;
    if (seconds < 0) seconds = 1;
    return { gracePeriodSeconds: seconds };
  },
  cells,
  rowConditions,
};
