// Who owns a ledger: one process that lives, whatever died before it or tries beside it.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync, utimesSync, writeFileSync, writeSync } from 'node:fs'
import { expect, test } from 'vitest'
import { identityOf } from '../src/ledger/identity.ts'
import { Ledger, partsFile, readPast } from '../src/ledger/ledger.ts'
import { Ownership, ownerOf } from '../src/ledger/owner.ts'
import { PLAIN, randomPicture, start, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()

test('one owner at a time; the next may come once it left', async () => {
  const folder = at('one/state/x').slice(0, -2)
  const first = await Ownership.take(folder, 'ledger')
  expect(await ownerOf(folder, 'ledger')).toMatchObject({ pid: process.pid })
  await expect(Ownership.take(folder, 'ledger')).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining(String(process.pid)),
  })
  await (await Ownership.take(folder, 'ledger-1-of-2')).leave()
  await first.leave()
  expect(await ownerOf(folder, 'ledger')).toBe(null)
  await (await Ownership.take(folder, 'ledger')).leave()
  expect(readdirSync(folder).sort()).toEqual(['ledger-1-of-2.1.owner', 'ledger.2.owner'])
})

const alive = async (owner: object, touched = Date.now()): Promise<boolean> => {
  const folder = at(`alive-${Math.random()}/x`).slice(0, -2)
  writeFileSync(`${folder}/ledger.3.owner`, JSON.stringify(owner))
  utimesSync(`${folder}/ledger.3.owner`, touched / 1000, touched / 1000)
  const seen = (await ownerOf(folder, 'ledger')) !== null
  const taken = await Ownership.take(folder, 'ledger').then(
    async (owned) => {
      await owned.leave()
      return true
    },
    () => false,
  )
  expect(taken).toBe(!seen)
  return seen
}

test.runIf(process.platform === 'linux')(
  'a dead owner keeps nobody out: by number, by when it began, by boot, by silence',
  async () => {
    const folder = at('self/x').slice(0, -2)
    const own = await Ownership.take(folder, 'ledger')
    const self = JSON.parse(readFileSync(`${folder}/ledger.1.owner`, 'utf8'))
    await own.leave()
    const { pid: dead } = spawnSync('true')
    expect(await alive(self)).toBe(true)
    expect(await alive({ ...self, pid: dead })).toBe(false)
    expect(await alive({ ...self, began: '1' })).toBe(false)
    expect(await alive({ ...self, boot: 'another' })).toBe(false)
    expect(await alive({ ...self, left: true })).toBe(false)
    expect(await alive({ ...self, host: 'elsewhere' })).toBe(true)
    expect(await alive({ ...self, host: 'elsewhere' }, Date.now() - 3_600_000)).toBe(false)
    writeFileSync(`${folder}/ledger.9.owner`, '{"ho')
    expect(await ownerOf(folder, 'ledger')).toBe(null)
  },
)

test('of twenty that find a dead owner one takes its place', async () => {
  const folder = at('race/x').slice(0, -2)
  writeFileSync(`${folder}/ledger.1.owner`, '{}')
  const code = `
    import { Ownership } from ${JSON.stringify(new URL('../src/ledger/owner.ts', import.meta.url).href)}
    const owned = await Ownership.take(${JSON.stringify(folder)}, 'ledger').catch((error) => error.code)
    console.log(typeof owned === 'string' ? owned : 'OWNED')
    process.stdin.resume().on('end', () => process.exit())`
  const children = Array.from({ length: 20 }, () =>
    spawn(process.execPath, ['--conditions=@weft/source', '--input-type=module', '-e', code], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  )
  const said = await Promise.all(
    children.map((child) => new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(`${text}`.trim())))),
  )
  for (const child of children) child.stdin.end()
  expect(said.sort()).toEqual([...Array(19).fill('BUSY'), 'OWNED'])
})

test('a second command on a folder at work ends with exit code 5 and says who is there', async () => {
  for (let index = 0; index < 60; index++) await writePicture(at(`in/${index}.png`), randomPicture(3, 200, 200, index))
  const args = ['conv', at('in'), '-o', at('out'), '--kernel', 'sobel', ...PLAIN]
  const { child, ended } = start([...args, '--json'])
  await new Promise((resolve) => child.stdout?.once('data', resolve))
  // Held, so that it is still at work when the second one looks, however slow the machine.
  child.kill('SIGSTOP')
  const second = await weft(args).finally(() => child.kill('SIGCONT'))
  expect(second).toMatchObject({ code: 5, stdout: '' })
  expect(second.stderr.replaceAll(/\n\s*/g, ' ')).toMatch(new RegExp(`BUSY: process ${child.pid} is at work in \\S+out; wait`))
  expect((await ended).code).toBe(0)
})

test('a ledger that was taken from a process on another machine takes no word of it any more, if it wakes', async () => {
  const state = at('woken/x').slice(0, -2)
  const place = { output: 'out', state, name: 'ledger-1-of-2' }
  const identity = identityOf({ weft: 'test' })
  const failed = (id: string) =>
    ({ type: 'item', id, attempt: 1, ms: 1, at: '', state: 'failed', path: id, code: 'IO', message: '' }) as const
  const { ledger: asleep } = await Ledger.open(place, identity, false)
  asleep.append(failed('before'))
  writeFileSync(partsFile(place), 'parts')
  const parts = openSync(partsFile(place), 'r+')
  const owner = `${state}/ledger-1-of-2.1.owner`
  writeFileSync(owner, JSON.stringify({ ...JSON.parse(readFileSync(owner, 'utf8')), host: 'elsewhere' }))
  await expect(Ledger.open(place, identity, false)).rejects.toMatchObject({ code: 'BUSY' })
  utimesSync(owner, 0, 0)
  const { ledger: taken, past } = await Ledger.open(place, identity, false)
  expect([...past.items.keys()]).toEqual(['before'])
  taken.append(failed('taken'))
  asleep.append(failed('woken'))
  writeSync(parts, 'WOKEN', 0)
  closeSync(parts)
  await expect(asleep.expectOwned()).rejects.toMatchObject({ code: 'BUSY' })
  await taken.expectOwned()
  await asleep.close()
  expect([...(await readPast(place, identity)).items.keys()]).toEqual(['before', 'taken'])
  expect(readFileSync(partsFile(place), 'utf8')).toBe('parts')
  expect(await ownerOf(state, place.name)).toMatchObject({ pid: process.pid })
  await taken.close()
})
