// The ledger: what is done is not done again, what changed is, and nothing is lost or written twice.
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { Tensor } from '@weft/core'
import { writeNpy } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { type Ended, filesBelow, jsonLines, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()

/** Three pictures in a folder of their own, and the command on them; each line of its summary. */
async function workshop(name: string): Promise<{
  at: (path: string) => string
  run: (...flags: string[]) => Promise<Ended & { summary: Record<string, unknown>; items: string[] }>
  ledger: () => Record<string, unknown>[]
}> {
  const here = (path: string): string => at(`${name}/${path}`)
  for (const [index, letter] of ['a', 'b', 'c'].entries())
    await writePicture(here(`in/${letter}.png`), randomPicture(3, 9, 9, index))
  const run = async (...flags: string[]) => {
    const ended = await weft(['conv', here('in'), '-o', here('out'), '--kernel', 'blur', '--json', ...PLAIN, ...flags])
    const lines = ended.stdout === '' ? [] : jsonLines(ended.stdout)
    const items = lines.filter(({ type }) => type === 'item').map(({ id }) => String(id))
    return { ...ended, summary: lines.at(-1) ?? {}, items: items.sort() }
  }
  return { at: here, run, ledger: () => jsonLines(readFileSync(here('out/.weft/ledger.jsonl'), 'utf8')) }
}

const states = (ledger: Record<string, unknown>[]): string[] =>
  ledger.filter(({ type }) => type === 'item').map(({ id, state, attempt }) => `${id} ${state} ${attempt}`)

test('each item is one line with its hashes, its output and its time', async () => {
  const { run, ledger } = await workshop('lines')
  expect(await run()).toMatchObject({ code: 0, summary: { done: 3, skipped: 0 } })
  const [first, ...items] = ledger()
  expect(first).toMatchObject({
    type: 'run',
    identity: expect.stringMatching(/^[0-9a-f]{64}$/),
    tier: 'simd128',
    threads: 1,
    items: 3,
  })
  expect(first.of).toMatchObject({ command: 'conv', kernel: 'blur', format: 'auto', tier: 'simd128' })
  expect(items.map(({ id }) => id).sort()).toEqual(['a.png', 'b.png', 'c.png'])
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
  const input = { hash: sha256, bytes: expect.any(Number), mtimeMs: expect.any(Number) }
  for (const item of items)
    expect(item).toMatchObject({ state: 'done', attempt: 1, output: item.id, hash: sha256, input, ms: expect.any(Number) })
})

test('started again it does nothing, and says so', async () => {
  const { at: here, run, ledger } = await workshop('again')
  await run()
  const before = [ledger(), statSync(here('out/a.png')).mtimeMs]
  expect(await run()).toMatchObject({ code: 0, items: [], summary: { items: 3, done: 0, skipped: 3, left: 0, exitCode: 0 } })
  expect([ledger(), statSync(here('out/a.png')).mtimeMs]).toEqual(before)
  const words = await weft(['conv', here('in'), '-o', here('out'), '--kernel', 'blur', ...PLAIN])
  expect(words.stdout).toMatch(/^0 of 3 items done, 3 were done before\nresults: /)
})

describe('done again is only', () => {
  test('an input that changed, is new, or whose result is gone or of another size', async () => {
    const { at: here, run } = await workshop('changes')
    await run()
    const bytes = readFileSync(here('out/c.png'))
    await writePicture(here('in/a.png'), randomPicture(3, 9, 9, 77))
    await writePicture(here('in/d.png'), randomPicture(3, 9, 9, 78))
    truncateSync(here('out/c.png'), 20)
    expect(await run()).toMatchObject({ code: 0, items: ['a.png', 'c.png', 'd.png'], summary: { items: 4, done: 3, skipped: 1 } })
    expect(readFileSync(here('out/c.png')).equals(bytes)).toBe(true)
    rmSync(here('out/b.png'))
    expect(await run()).toMatchObject({ code: 0, items: ['b.png'] })
    rmSync(here('in/b.png'))
    expect(await run()).toMatchObject({ code: 0, items: [], summary: { items: 3, skipped: 3 } })
  })

  test('an input touched but the same is not; with --verify a result of the same size but other bytes is', async () => {
    const { at: here, run } = await workshop('verify')
    await run()
    utimesSync(here('in/a.png'), 1, 1)
    const bytes = readFileSync(here('out/b.png'))
    const flipped = Buffer.from(bytes)
    flipped[40] ^= 1
    writeFileSync(here('out/b.png'), flipped)
    expect((await run()).items).toEqual([])
    expect((await run('--verify')).items).toEqual(['b.png'])
    expect(readFileSync(here('out/b.png')).equals(bytes)).toBe(true)
  })
})

test('the same job needs the same options: another is refused with what differs, unless it begins anew', async () => {
  const { at: here, run, ledger } = await workshop('identity')
  await run()
  const refused = await run('--stride', '2')
  expect([refused.code, refused.stdout]).toEqual([2, ''])
  expect(refused.stderr.replaceAll(/\n\s*/g, ' ')).toMatch(
    /identity\/out holds the results of another job \([0-9a-f]{12} there, [0-9a-f]{12} now: options.stride was nothing and is 2\); write .*--restart/,
  )
  const picture = ['--kernel', 'sobel', '--quality', '85', '--format', 'jpg']
  const named = await weft(['conv', here('in'), '-o', here('out'), ...PLAIN, ...picture])
  expect(named.stderr.replaceAll(/\n\s*/g, ' ')).toContain(
    'now: kernel was "blur" and is "sobel"; format was "auto" and is "jpg"; quality was null and is 85); write',
  )
  const network = resolve(import.meta.dirname, '../digits/lenet.onnx')
  const other = await weft(['run', network, here('in'), '-o', here('out'), ...PLAIN])
  expect([other.code, other.stderr.replaceAll(/\n\s*/g, ' ')]).toEqual([
    2,
    expect.stringContaining('now: command was "conv" and is "run"); write'),
  ])
  expect(await run('--restart', '--stride', '2')).toMatchObject({ code: 0, summary: { done: 3 } })
  expect(ledger()).toHaveLength(4)
  await writeNpy(here('w.npy'), Tensor.full([3, 3, 1, 1], 0.25))
  const weighted = (...flags: string[]): Promise<Ended> =>
    weft(['conv', here('in'), '-o', here('weighted'), '--weight', here('w.npy'), ...PLAIN, '-q', ...flags])
  expect((await weighted()).code).toBe(0)
  await writeNpy(here('w.npy'), Tensor.full([3, 3, 1, 1], 0.5))
  expect(await weighted()).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/weight\s+was\s+[0-9a-f]{12}\s+and\s+is\s+[0-9a-f]{12}\)/),
  })
})

test('a ledger torn anywhere goes on from its last whole line', async () => {
  const { at: here, run, ledger } = await workshop('torn')
  await run()
  const file = here('out/.weft/ledger.jsonl')
  const whole = readFileSync(file)
  const seconds = whole.indexOf('\n', whole.indexOf('\n') + 1) + 1
  for (const cut of [0, 1, seconds - 1, seconds, seconds + 1, whole.length - 1]) {
    writeFileSync(file, whole.subarray(0, cut))
    expect((await run()).code).toBe(0)
    const done = states(ledger())
    expect([done.length, new Set(done).size]).toEqual([3, 3])
    expect(filesBelow(here('out'))).toEqual(['a.png', 'b.png', 'c.png'])
  }
  writeFileSync(file, whole)
  appendFileSync(file, '{"type":"item","id":"a.png","sta')
  expect((await run()).items).toEqual([])
  await writePicture(here('in/d.png'), randomPicture(3, 9, 9, 5))
  await run()
  expect(states(ledger()).at(-1)).toBe('d.png done 1')
})

test('failures are counted, tried again by the next start, and alone with --retry-failed', async () => {
  const { at: here, run, ledger } = await workshop('failed')
  writeFileSync(here('in/x.png'), 'no picture')
  expect(await run()).toMatchObject({ code: 1, summary: { done: 3, failed: 1 } })
  await writePicture(here('in/e.png'), randomPicture(3, 9, 9, 6))
  expect(await run('--retry-failed')).toMatchObject({ code: 1, items: ['x.png'] })
  expect(states(ledger()).filter((line) => line.startsWith('x'))).toEqual(['x.png failed 1', 'x.png failed 2'])
  await writePicture(here('in/x.png'), randomPicture(3, 9, 9, 7))
  expect(await run()).toMatchObject({ code: 0, items: ['e.png', 'x.png'], summary: { skipped: 3 } })
  expect(states(ledger()).at(-1)).toMatch(/^[ex]\.png done [13]$/)
})

test('what a killed run left beside its results is removed, and only that', async () => {
  const { at: here, run } = await workshop('left')
  await run()
  rmSync(here('out/a.png'))
  const left = '.a.png.weft-tmp-0123456789abcdef'
  writeFileSync(here(`out/${left}`), 'half')
  writeFileSync(here('out/.z.png.weft-tmp-0123456789abcdef'), "another run's")
  await run()
  expect(readdirSync(here('out')).sort()).toEqual(['.weft', '.z.png.weft-tmp-0123456789abcdef', 'a.png', 'b.png', 'c.png'])
})

test('--halt-after ends a run after so many failures, or such a share of all', async () => {
  const { at: here, run } = await workshop('halt')
  for (let index = 0; index < 37; index++) writeFileSync(here(`in/${100 + index}.png`), 'no picture')
  const failed = async (...flags: string[]): Promise<number> => {
    const { code, summary } = await run('--restart', ...flags)
    expect([code, Number(summary.left) > 0]).toEqual([1, true])
    return Number(summary.failed)
  }
  // What is under way is finished: three more at one thread.
  expect(await failed('--halt-after', '5')).toBeLessThan(5 + 4)
  expect(await failed('--halt-after', '25%')).toBeGreaterThan(10)
  expect(existsSync(join(here('out'), 'a.png'))).toBe(false)
})

test('--dry-run says what would be done and how long it takes, and writes nothing', async () => {
  const { at: here, run } = await workshop('dry')
  const dry = await run('--dry-run')
  expect(jsonLines(dry.stdout).filter(({ type }) => type === 'would')).toHaveLength(3)
  const bytesToRead = ['a', 'b', 'c'].reduce((sum, letter) => sum + statSync(here(`in/${letter}.png`)).size, 0)
  expect([dry.code, dry.summary]).toMatchObject([0, { type: 'forecast', items: 3, skipped: 0, todo: 3, bytesToRead }])
  expect([Number(dry.summary.seconds) > 0, Number(dry.summary.bytesToWrite) > 0, existsSync(here('out'))]).toEqual([
    true,
    true,
    false,
  ])
  await run()
  rmSync(here('out/b.png'))
  const words = await weft(['conv', here('in'), '-o', here('out'), '--kernel', 'blur', ...PLAIN, '--dry-run'])
  expect(words.stdout).toMatch(
    /^\S+in\/b\.png -> \S+out\/b\.png\nwould do 1 of 3 items, 2 were done before: [\d.]+ MB to read, about [\d.]+ MB to write\nabout [\d.]+ s, by 1 item in [\d.]+ s\n$/,
  )
  expect(filesBelow(here('out'))).toEqual(['a.png', 'c.png'])
})

test('--time-limit begins nothing more, with exit code 10, and the next start goes on', async () => {
  const { at: here, run } = await workshop('limit')
  for (let index = 0; index < 60; index++) await writePicture(here(`in/${index}.png`), randomPicture(3, 200, 200, index))
  const first = await run('--time-limit', '0.001')
  expect([first.code, Number(first.summary.left) > 0]).toEqual([10, true])
  expect(first.stderr).toMatch(/^stopping at the time limit: \d+ items? under way will be finished; start again to go on$/m)
  expect(await run()).toMatchObject({ code: 0, summary: { skipped: Number(first.summary.done), left: 0 } })
})
