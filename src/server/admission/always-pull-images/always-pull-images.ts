import { formatFieldError, fieldNotSupported } from '../../../machinery/field-error.ts';
import type { PodSpec } from '../../../api/pod-template/shapes.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission-plugin.ts';
import { admissionRefusal } from '../admission-refusal.ts';
import { admittedPod, asPod, eachContainer, isWrite } from '../admitted-pod.ts';

/** Every image is pulled anew, so that a pod runs only what its own pull secrets can reach. */
export function alwaysPullImages(): AdmissionPlugin {
  return {
    name: 'AlwaysPullImages',
    handles: isWrite,
    admit(request) {
      const spec = specToCheck(request);
      if (spec === undefined) return;
      for (const { container } of eachContainer(spec)) container.imagePullPolicy = 'Always';
      for (const { image } of spec.volumes ?? []) if (image !== undefined) image.pullPolicy = 'Always';
    },
    validate(request) {
      const spec = specToCheck(request);
      if (spec === undefined) return;
      for (const { container, path } of eachContainer(spec)) {
        if (container.imagePullPolicy === 'Always') continue;
        throw admissionRefusal(request, formatFieldError(fieldNotSupported(`${path}.imagePullPolicy`, container.imagePullPolicy ?? '', ['Always'])));
      }
      (spec.volumes ?? []).forEach(({ image }, i) => {
        if (image === undefined || image.pullPolicy === 'Always') return;
        throw admissionRefusal(request, formatFieldError(fieldNotSupported(`spec.volumes[${i}].image.pullPolicy`, image.pullPolicy ?? '', ['Always'])));
      });
    },
  };
}

/** Undefined for updates that bring no image that was not there before: those of old pods must stay possible. */
function specToCheck(request: AdmissionRequest): PodSpec | undefined {
  const spec = admittedPod(request)?.spec;
  if (spec === undefined || request.operation !== 'UPDATE' || request.oldObject === undefined) return spec;
  const before = imagesOf(asPod(request.oldObject).spec);
  return [...imagesOf(spec)].every((image) => before.has(image)) ? undefined : spec;
}

function imagesOf(spec: PodSpec): Set<string> {
  const images = new Set<string>();
  for (const { container } of eachContainer(spec)) images.add(container.image ?? '');
  for (const { image } of spec.volumes ?? []) if (image !== undefined) images.add(image.reference ?? '');
  return images;
}
