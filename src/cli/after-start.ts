import { sleep, systemClock } from '../machinery/clock.ts';

/** Whoever waits for the port to open is answered before what else runs in the process takes its time. */
const AFTER_MS = 100;

/** Resolves when control loops, scheduler and nodes may start; to be called when the port is open. */
export function afterStart(): Promise<void> {
  return sleep(systemClock, AFTER_MS);
}
