import type { KindRules } from '../kind-rules.ts';
import { rules as componentstatuses } from './componentstatuses/strategy.ts';
import { rules as configmaps } from './configmaps/strategy.ts';
import { rules as endpoints } from './endpoints/strategy.ts';
import { rules as events } from './events/strategy.ts';
import { rules as limitranges } from './limitranges/strategy.ts';
import { rules as namespaces } from './namespaces/strategy.ts';
import { rules as nodes } from './nodes/strategy.ts';
import { rules as persistentvolumeclaims } from './persistentvolumeclaims/strategy.ts';
import { rules as persistentvolumes } from './persistentvolumes/strategy.ts';
import { rules as pods } from './pods/strategy.ts';
import { rules as podtemplates } from './podtemplates/strategy.ts';
import { rules as replicationcontrollers } from './replicationcontrollers/strategy.ts';
import { rules as resourcequotas } from './resourcequotas/strategy.ts';
import { rules as secrets } from './secrets/strategy.ts';
import { rules as serviceaccounts } from './serviceaccounts/strategy.ts';
import { rules as services } from './services/strategy.ts';

/** The rules of the core group's kinds, by the plural of their resource. */
export const coreKinds: Readonly<Record<string, KindRules>> = {
  componentstatuses,
  configmaps,
  endpoints,
  events,
  limitranges,
  namespaces,
  nodes,
  persistentvolumeclaims,
  persistentvolumes,
  pods,
  podtemplates,
  replicationcontrollers,
  resourcequotas,
  secrets,
  serviceaccounts,
  services,
};
