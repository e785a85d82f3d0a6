import type { AdmissionPlugin } from '../admission-plugin.ts';
import { admittedPod, isWrite } from '../admitted-pod.ts';

export interface DefaultTolerationSecondsOptions {
  /** `--default-not-ready-toleration-seconds` */
  readonly notReadySeconds?: number;
  /** `--default-unreachable-toleration-seconds` */
  readonly unreachableSeconds?: number;
}

const DEFAULT_SECONDS = 300;

/** Pods that say nothing about failing nodes leave them after five minutes. */
export function defaultTolerationSeconds({ notReadySeconds = DEFAULT_SECONDS, unreachableSeconds = DEFAULT_SECONDS }: DefaultTolerationSecondsOptions = {}): AdmissionPlugin {
  const defaults = [
    { key: 'node.kubernetes.io/not-ready', seconds: notReadySeconds },
    { key: 'node.kubernetes.io/unreachable', seconds: unreachableSeconds },
  ];
  return {
    name: 'DefaultTolerationSeconds',
    handles: isWrite,
    admit(request) {
      const spec = admittedPod(request)?.spec;
      if (spec === undefined) return;
      const given = [...(spec.tolerations ?? [])];
      for (const { key, seconds } of defaults) {
        // Without a key all taints are tolerated, without an effect all effects.
        if (given.some((t) => (!t.key || t.key === key) && (!t.effect || t.effect === 'NoExecute'))) continue;
        (spec.tolerations ??= []).push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds });
      }
    },
  };
}
