import type { Scripts } from './advance-pod.ts';
import { annotatedScript, usualScript, type PodScript } from './container-script.ts';
import { containersOf, type SharedPod } from './pod-run.ts';

/** How the pod's containers go: as `script` says, what that leaves out as annotations say, the rest as usual. */
export function scriptsOf(pod: SharedPod, script?: PodScript): Scripts {
  return (each) => {
    const { role, container } = each;
    const usual = usualScript(role, container, pod.spec?.restartPolicy ?? 'Always');
    const annotated = annotatedScript(pod.metadata.annotations, container.name, role).script;
    return { usual, script: { ...usual, ...annotated, ...script?.(pod, container.name) } };
  };
}

/** What of the pod's annotations cannot be read, one line each. */
export function scriptProblems(pod: SharedPod): string[] {
  const problems = containersOf(pod).flatMap(({ role, container }) => annotatedScript(pod.metadata.annotations, container.name, role).problems);
  return [...new Set(problems)];
}
