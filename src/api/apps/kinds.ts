import type { KindRules } from '../kind-rules.ts';
import { rules as controllerrevisions } from './controllerrevisions/strategy.ts';
import { rules as daemonsets } from './daemonsets/strategy.ts';
import { rules as deployments } from './deployments/strategy.ts';
import { rules as replicasets } from './replicasets/strategy.ts';
import { rules as statefulsets } from './statefulsets/strategy.ts';

/** The rules of the kinds of the group apps, by the plural of their resource. */
export const appsKinds: Readonly<Record<string, KindRules>> = { controllerrevisions, daemonsets, deployments, replicasets, statefulsets };
