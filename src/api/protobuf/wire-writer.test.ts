import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

test('what is written first stands last, whatever it takes to make room', () => {
  for (let size = 0; size < 1200; size += 61) {
    const writer = new WireWriter();
    writer.textField(3, 'x'.repeat(size));
    const before = writer.length;
    for (let i = 0; i < size; i++) writer.integerField(1, i);
    writer.closeMessage(2, before);
    const reader = new WireReader(Buffer.from(writer.finish()));
    expect(reader.next() && reader.number).toBe(2);
    const nested = reader.message();
    for (let i = size - 1; i >= 0; i--) expect(nested.next() && nested.integer()).toBe(i);
    expect(nested.next()).toBe(false);
    expect(reader.next() && reader.text()).toHaveLength(size);
    expect(reader.next()).toBe(false);
  }
});

test.each([0.1, -1, 2 ** 70, Number.MIN_VALUE])('the double %s survives', (value) => {
  const writer = new WireWriter();
  writer.double(value);
  writer.tag(5, 1);
  const reader = new WireReader(Buffer.from(writer.finish()));
  expect(reader.next() && reader.double()).toBe(value);
});
