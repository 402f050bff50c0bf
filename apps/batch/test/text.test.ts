// Values of flags, wrapped text, the progress bar: the parts that need no process.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { Progress } from '../src/progress.ts'
import { Tally } from '../src/tally.ts'
import { count, megabytes, oneLine, table, wrap } from '../src/text.ts'
import { activation, padding, perAxis, wholeNumber } from '../src/values.ts'

test('values are read or refused in words', () => {
  expect([perAxis(1)('2'), perAxis(0)('0,3,1')]).toEqual([2, [0, 3, 1]])
  expect(['same', 'valid', '1', '1,2', '0+1', '0+1,2+3'].map(padding)).toEqual([
    'same',
    'valid',
    1,
    [1, 2],
    [[0, 1]],
    [
      [0, 1],
      [2, 3],
    ],
  ])
  expect(['relu', 'leakyRelu', 'leakyRelu:0.2', 'clip:-1,0.5'].map(activation)).toEqual([
    'relu',
    'leakyRelu',
    { kind: 'leakyRelu', negativeSlope: 0.2 },
    { kind: 'clip', min: -1, max: 0.5 },
  ])
  for (const text of ['', '-1', '1.0', '1e3', ' 1', '0x10', '9'.repeat(20), 'NaN', '1,', ',1', '1,,2']) {
    expect(() => perAxis(0)(text), text).toThrow(/give a whole number/)
    expect(() => padding(text), text).toThrow(/give same, valid/)
    expect(() => wholeNumber(0, 100)(text), text).toThrow(/give a whole number from 0 to 100/)
  }
  for (const text of [
    '',
    'tanh',
    'relu:1',
    'clip',
    'clip:1',
    'clip:a,b',
    'clip:1,2,3',
    'leakyRelu:',
    'leakyRelu:x',
    'toString',
  ]) {
    expect(() => activation(text), text).toThrow(/give none, relu/)
  }
})

test('text is wrapped at spaces, under itself in tables', () => {
  expect(wrap('one two three four', 9, '  ')).toBe('one two\n  three\n  four')
  expect(wrap('  indented stays so', 12)).toBe('  indented\nstays so')
  expect(
    table(
      [
        ['a', 'one two three'],
        ['bb', 'four'],
      ],
      14,
    ),
  ).toBe('  a   one two\n      three\n  bb  four')
  expect([megabytes(0), megabytes(1_234_567), megabytes(12_345_678), megabytes(1_234_567_890)]).toEqual([
    '0.00 MB',
    '1.23 MB',
    '12.3 MB',
    '1235 MB',
  ])
  expect(oneLine('a\n\u001b[31mb\u2028')).toBe('a\\u000a\\u001b[31mb\\u2028')
})

/** A terminal that only remembers. */
function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = []
  const write = (text: string): boolean => written.push(text) > 0
  return { stream: Object.assign(new EventEmitter(), { isTTY, columns: 80, write }) as unknown as NodeJS.WriteStream, written }
}

test('the bar shows rate and time left in 80 columns on a terminal, and steps aside for lines', async () => {
  const { stream, written } = terminal(true)
  const progress = await Progress.on(stream, true)
  const tally = new Tally(2010, 10)
  progress.start(tally)
  tally.failed++
  progress.step()
  progress.line('a line')
  Object.assign(tally, { done: 1, bytesRead: 1e6, bytesWritten: 2e6 })
  tally.stages.decode = 5
  progress.step()
  progress.line('another')
  progress.stop()
  expect(written).toEqual(expect.arrayContaining(['a line\n', 'another\n']))
  const bars = written.filter((text) => text.includes('of 2000'))
  expect(bars.at(-1)).toMatch(
    /^(?:#*\.+ )?2 of 2000 {1,2}[\d.]+ items\/s {1,2}\d+ s left {1,2}1 failed {1,2}mostly decode {1,2}1\.00 MB in, 2\.00 MB out$/,
  )
  expect(Math.max(...bars.map((bar) => bar.length))).toBeLessThanOrEqual(80)
  expect(written[written.indexOf('a line\n') - 1]).toBe('\u001b[2K')
})

test('without a terminal a line now and then says how far it is', async () => {
  const { stream, written } = terminal(false)
  const said = new Promise<void>((resolve) => {
    const write = (text: string): boolean => {
      resolve()
      return written.push(text) > 0
    }
    Object.assign(stream, { write })
  })
  const progress = await Progress.on(stream, true, 1)
  progress.start(new Tally(5, 2))
  await said
  progress.stop()
  expect(written[0]).toBe('0 of 3  - items/s  - left\n')
})

test('without a terminal, or when not wanted, there is no bar', async () => {
  for (const [isTTY, wanted] of [
    [false, true],
    [true, false],
  ]) {
    const { stream, written } = terminal(isTTY)
    const progress = await Progress.on(stream, wanted)
    progress.start(new Tally(5, 0))
    progress.step()
    progress.line('only this')
    progress.stop()
    expect(written).toEqual(['only this\n'])
  }
})

test('a count has its noun in one number or the other, and a comma every three digits', () => {
  const counted = [0, 1, 2, 999, 1000, 65_536, 1_000_000, Number.MAX_SAFE_INTEGER].map((n) => count(n, 'item'))
  expect(counted).toEqual([
    '0 items',
    '1 item',
    '2 items',
    '999 items',
    '1,000 items',
    '65,536 items',
    '1,000,000 items',
    '9,007,199,254,740,991 items',
  ])
})
