import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as v1 from '../../types/generated/apiregistration-v1.ts';

export type ApiService = KubeObject & { spec?: Loose<v1.APIServiceSpec>; status?: Loose<v1.APIServiceStatus> };
