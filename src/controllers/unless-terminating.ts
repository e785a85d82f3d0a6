import { findStatusError, hasReason } from '../machinery/status-error.ts';

/**
 * A creation that a namespace in deletion refuses, or that somebody else was faster with, is done with. Undefined then.
 */
export async function unlessTerminating<T>(creation: Promise<T>): Promise<T | undefined> {
  try {
    return await creation;
  } catch (error) {
    if (hasReason(error, 'AlreadyExists') || hasReason(error, 'NotFound') || isNamespaceTerminating(error)) return undefined;
    throw error;
  }
}

export function isNamespaceTerminating(error: unknown): boolean {
  return findStatusError(error)?.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') === true;
}
