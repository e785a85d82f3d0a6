import { selectControllers } from '../sdk/controllers/start-controllers.ts';
import { flagList, UsageError, type Flag, type FlagValues } from './command.ts';

export const CONTROLLERS_FLAG: Flag = { name: 'controllers', type: 'string', multiple: true, value: 'NAMES', help: "control loops to run: names, * for all that are on by default, -name for all but it, '-*' for none", default: '*' };

/** As kube-controller-manager reads it. */
export function controllersOf(values: FlagValues): string[] {
  const entries = flagList(values, CONTROLLERS_FLAG.name).filter((entry) => entry !== '');
  if (entries.includes('-*')) return [];
  try {
    return selectControllers(entries);
  } catch (error) {
    throw new UsageError(`--controllers: ${error instanceof Error ? error.message : String(error)}`);
  }
}
