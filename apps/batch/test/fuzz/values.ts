// Numbers and words that readers stumble over.
import { type Below, pick } from '../../../../tools/fuzz/chance.ts'

const NUMBERS = [0, 1, 2, 3, 7, 63, 64, 255, 65535, 65536, 2 ** 20, 2 ** 30 - 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]

/** Words of the headers, and names that lead elsewhere. */
export const WORDS = [
  '-1',
  '9007199254740993',
  '9'.repeat(40),
  '1e999',
  '0.5',
  'True',
  'null',
  '{',
  '}',
  '(',
  ']',
  '"',
  "'",
  '""',
  ',',
  '\n',
  '\r\n',
  '\0',
  '\\',
  '\xff\xfe',
  '<f8',
  '>i8',
  '|O',
  '|b1',
  'F64',
  'BF16',
  'I64',
  'BOOL',
  'shape',
  'descr',
  'data_offsets',
  '__metadata__',
  '__proto__',
  '..',
  '../x',
  '../../../../tmp/x',
  '/etc/hostname',
  '/dev/zero',
  '/dev/stdin',
  '/proc/self/mem',
  'pipe.png',
  '.weft/ledger',
  'a/../../x',
  'x'.repeat(300),
  '['.repeat(5000),
]

/** In digits: another one, or the same a little off. */
export function number(before: string, below: Below): string {
  if (below(3) === 0) return String(Number(before) + below(5) - 2)
  return String(pick(NUMBERS, below))
}
