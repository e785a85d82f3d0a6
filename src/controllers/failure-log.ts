import { hasReason } from '../machinery/status-error.ts';
import { isNamespaceTerminating } from './unless-terminating.ts';

/**
 * Tells of failed runs of a controller, one line each. Conflicts are left out: the next run sees what the other one wrote.
 */
export function failureLog(log: (line: string) => void, controller: string): (error: Error, key: string) => void {
  return (error, key) => {
    if (hasReason(error, 'Conflict') || isNamespaceTerminating(error)) return;
    log(`${controller}: ${key}: ${error.message}`);
  };
}
