import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as discovery from '../../types/generated/discovery-v1.ts';

export type Endpoint = Loose<discovery.Endpoint>;
export type EndpointPort = Loose<discovery.EndpointPort>;

export interface EndpointSlice extends KubeObject {
  addressType?: string;
  endpoints?: Endpoint[] | null;
  ports?: EndpointPort[] | null;
}
