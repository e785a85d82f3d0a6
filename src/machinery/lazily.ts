/** Makes the value when it is first asked for, once. A failure is tried again by whoever asks next. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
