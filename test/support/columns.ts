/**
 * A table of kubectl as one string a line, cells apart by one space, and every age shown as `AGE`: column widths and
 * the seconds that a test takes are not what it is about.
 */
export function columns(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd().replace(/ +/g, ' ').replace(/(?<= )(\d+[smh])+(?= |$)/g, 'AGE'));
}
