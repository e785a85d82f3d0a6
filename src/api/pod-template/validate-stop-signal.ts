import { fieldForbidden, fieldNotSupported, type FieldPath } from '../../machinery/field-error.ts';
import type { Findings } from './findings.ts';

const NAMED_SIGNALS =
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ';
const REALTIME_SIGNALS = Array.from({ length: 15 }, (_, i) => [`RTMIN+${i + 1}`, ...(i < 14 ? [`RTMAX-${i + 1}`] : [])]).flat();
const LINUX_SIGNALS = [...NAMED_SIGNALS.split(' '), 'RTMIN', 'RTMAX', ...REALTIME_SIGNALS].map((name) => `SIG${name}`).sort();
const WINDOWS_SIGNALS = ['SIGKILL', 'SIGTERM'];

/** Signals are known only by the operating system they are sent on. */
export function checkStopSignal(findings: Findings, signal: string, os: string | undefined, path: FieldPath): void {
  if (os === undefined) {
    findings.push(fieldForbidden(path, 'may not be set for containers with empty `spec.os.name`'));
    return;
  }
  const supported = os === 'windows' ? WINDOWS_SIGNALS : LINUX_SIGNALS;
  if (!supported.includes(signal)) findings.push(fieldNotSupported(path, signal, supported));
}
