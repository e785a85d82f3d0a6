import type { KubeObject } from '../../../machinery/object-meta.ts';
import type { Loose } from '../../pod-template/shapes.ts';
import type * as networking from '../../types/generated/networking-v1.ts';

/** The object IPAddress: its name is the address. */
export interface IpAddressObject extends KubeObject {
  spec?: Loose<networking.IPAddressSpec>;
}
