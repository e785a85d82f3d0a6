/** A body that does not fit its type. The message is what Go's decoder says, ready to stand behind `cannot be handled as a …: `. */
export class DecodeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DecodeError';
  }
}
