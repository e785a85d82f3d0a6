import { fieldInvalid, fieldTooLong, fieldTooMany, type FieldPath } from '../../../machinery/field-error.ts';
import { quoteGo } from '../../../machinery/go-format.ts';
import type { Findings } from '../../pod-template/findings.ts';
import { formatIpAddress, parseCidr } from '../../pod-template/ip-address.ts';
import { checkConditions } from '../../policy/conditions.ts';
import { checkList } from '../check-list.ts';
import { checkDeviceDriver, checkPoolName, checkRequiredLabelName } from '../names.ts';
import type { AllocatedDeviceStatus } from '../shapes.ts';
import { checkRawObject } from '../validate-configuration.ts';
import { deviceIdentity } from './device-identity.ts';

const MAX_CONDITIONS = 8;
const MAX_ADDRESSES = 16;
const MAX_INTERFACE_NAME_BYTES = 256;
const MAX_HARDWARE_ADDRESS_BYTES = 128;

/** What a driver reports of a device that is allocated. */
export function checkDeviceStatus(findings: Findings, device: AllocatedDeviceStatus, path: FieldPath, allocated: ReadonlySet<string>): void {
  checkDeviceDriver(findings, device.driver ?? '', path.child('driver'));
  checkPoolName(findings, device.pool ?? '', path.child('pool'));
  checkRequiredLabelName(findings, device.device ?? '', path.child('device'));
  const identity = deviceIdentity(device);
  if (!allocated.has(identity)) findings.push(fieldInvalid(path, identity, 'must be an allocated device in the claim'));
  const conditions = device.conditions ?? [];
  if (conditions.length > MAX_CONDITIONS) findings.push(fieldTooMany(path.child('conditions'), conditions.length, MAX_CONDITIONS));
  checkConditions(findings, conditions, path.child('conditions'));
  if (device.data !== undefined && device.data !== null) checkRawObject(findings, device.data, path.child('data'));
  if (device.networkData !== undefined) checkNetworkData(findings, device.networkData, path.child('networkData'));
}

function checkNetworkData(findings: Findings, data: NonNullable<AllocatedDeviceStatus['networkData']>, path: FieldPath): void {
  if (Buffer.byteLength(data.interfaceName ?? '') > MAX_INTERFACE_NAME_BYTES) findings.push(fieldTooLong(path.child('interfaceName'), MAX_INTERFACE_NAME_BYTES));
  if (Buffer.byteLength(data.hardwareAddress ?? '') > MAX_HARDWARE_ADDRESS_BYTES) {
    findings.push(fieldTooLong(path.child('hardwareAddress'), MAX_HARDWARE_ADDRESS_BYTES));
  }
  checkList(findings, data.ips, path.child('ips'), { max: MAX_ADDRESSES, key: (address) => address, check: (address, at) => checkInterfaceAddress(findings, address, at) });
}

/** An address with the length of its network's prefix, spelled in the one way there is. */
function checkInterfaceAddress(findings: Findings, text: string, path: FieldPath): void {
  const cidr = parseCidr(text);
  if (cidr === undefined) {
    findings.push(fieldInvalid(path, text, 'must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'));
    return;
  }
  const prefixLength = cidr.address.mapped ? cidr.prefixLength - 96 : cidr.prefixLength;
  const canonical = `${formatIpAddress(cidr.address)}/${prefixLength}`;
  if (canonical !== text) findings.push(fieldInvalid(path, text, `must be in canonical form (${quoteGo(canonical)})`));
}
