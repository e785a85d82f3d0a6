/** Resolves after what is waiting for the event loop (sockets, files) was served: long work that others must not wait for takes a turn now and then. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
