// One file for all keeps what earlier starts did: starts with fewer items, and starts that were cut off after the file was whole.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from '@weft/core'
import { NpzFile, writeNpy } from '@weft/io'
import { expect, test } from 'vitest'
import { PLAIN, start, temporaryFolder, weft } from './helpers.ts'

const at = temporaryFolder()
const conv = (inputs: readonly string[], output: string, ...flags: string[]): ReturnType<typeof weft> =>
  weft(['conv', ...inputs, '-o', at(output), '--kernel', 'identity', ...PLAIN, ...flags])

async function namesIn(path: string): Promise<readonly string[]> {
  await using file = await NpzFile.open(path)
  return file.names
}

test('failed items that are fed back, and new inputs, join what is there, in its order', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await writeNpy(at(`in/${name}.npy`), Tensor.full([1, 2, 2], name.charCodeAt(0)))
  const good = readFileSync(at('in/b.npy'))
  writeFileSync(at('in/b.npy'), 'no')
  writeFileSync(at('in/d.npy'), 'no')
  expect([(await conv([at('in')], 'all.npz')).code, await namesIn(at('all.npz'))]).toEqual([1, ['a', 'c']])
  writeFileSync(at('in/b.npy'), good)
  const { stdout } = await weft(['failed', at('all.npz')])
  const again = start(['conv', '-', '-o', at('all.npz'), '--kernel', 'identity', ...PLAIN])
  again.child.stdin?.end(stdout)
  expect([(await again.ended).code, await namesIn(at('all.npz'))]).toEqual([1, ['a', 'b', 'c']])
  await writeNpy(at('more/e.npy'), Tensor.zeros([1, 2, 2]))
  expect([(await conv([at('more')], 'all.npz')).code, await namesIn(at('all.npz'))]).toEqual([0, ['e', 'a', 'b', 'c']])
})

test('a whole file is not made anew of fewer items, unless it is begun anew', async () => {
  for (const name of ['a', 'b']) await writeNpy(at(`two/${name}.npy`), Tensor.full([1, 2, 2], name.charCodeAt(0)))
  const both = [at('two/a.npy'), at('two/b.npy')]
  expect((await conv(both, 'whole.npz')).code).toBe(0)
  expect((await conv(both.slice(0, 1), 'whole.npz')).code).toBe(0)
  await writeNpy(both[0], Tensor.zeros([1, 2, 2]))
  const { code, stderr } = await conv(both.slice(0, 1), 'whole.npz')
  expect([code, stderr.replace(/\s+/g, ' ')]).toEqual([
    2,
    expect.stringMatching(/whole\.npz is whole and holds results of b\.npy, not among these inputs; .*--restart/),
  ])
  expect(await namesIn(at('whole.npz'))).toEqual(['a', 'b'])
  expect([(await conv(both.slice(0, 1), 'whole.npz', '--restart')).code, await namesIn(at('whole.npz'))]).toEqual([0, ['a']])
})

test('a start that is cut off after the file was whole leaves no result in the place of another', async () => {
  const names = Array.from({ length: 12 }, (_, index) => at(`many/${String(index).padStart(2, '0')}.npy`))
  for (const [index, name] of names.entries()) await writeNpy(name, Tensor.full([1, 2, 2], index))
  expect((await conv([at('many')], 'many.npz')).code).toBe(0)
  const whole = readFileSync(at('many.npz'))
  const last = readFileSync(names[11])
  writeFileSync(names[0], 'no')
  await writeNpy(names[11], Tensor.full([1, 2, 2], 99))
  expect((await conv([at('many')], 'many.npz', '--halt-after', '1')).code).toBe(1)
  await writeNpy(names[0], Tensor.zeros([1, 2, 2]))
  writeFileSync(names[11], last)
  expect((await conv([at('many')], 'many.npz')).code).toBe(0)
  expect(readFileSync(at('many.npz')).equals(whole)).toBe(true)
})

test('nor does one that was cut off before the parts were removed', async () => {
  const names = ['a', 'b', 'c'].map((name) => at(`late/${name}.npy`))
  for (const [index, name] of names.entries()) await writeNpy(name, Tensor.full([1, 2, 2], index))
  // Without its last item the parts stay; with a record that says it is whole, it is as if killed just before they went.
  writeFileSync(names[2], 'no')
  expect((await conv([at('late')], 'late.npz')).code).toBe(1)
  const ledger = join(at('late.npz.weft'), 'ledger.jsonl')
  const lines = readFileSync(ledger, 'utf8').trimEnd().split('\n')
  const joined = { ...JSON.parse(lines.at(-1) as string), complete: true }
  writeFileSync(ledger, `${[...lines.slice(0, -1), JSON.stringify(joined)].join('\n')}\n`)
  await writeNpy(names[2], Tensor.full([1, 2, 2], 2))
  expect((await conv([at('late')], 'late.npz')).code).toBe(0)
  expect((await conv([at('late')], 'fresh.npz')).code).toBe(0)
  expect(readFileSync(at('late.npz')).equals(readFileSync(at('fresh.npz')))).toBe(true)
})
