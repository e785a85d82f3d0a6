import type { PodCheck } from './check.ts';

/** Sysctls that have a namespace of their own, by the version since which they are known to. */
const SAFE: readonly (readonly [since: number, names: readonly string[]])[] = [
  [0, ['kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start']],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [29, ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes']],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

export const sysctls: readonly PodCheck[] = SAFE.map(([since]) => {
  const safe = new Set(SAFE.flatMap(([version, names]) => (version <= since ? names : [])));
  return {
    id: 'sysctls',
    level: 'baseline',
    since,
    check({ spec }) {
      const forbidden = (spec.securityContext?.sysctls ?? []).map(({ name = '' }) => name).filter((name) => !safe.has(name));
      return forbidden.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: forbidden.join(', ') };
    },
  };
});
