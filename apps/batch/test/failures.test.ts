// What goes wrong: single items are named and the rest go on; mistakes in the whole are refused before anything is written.
import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Tensor } from '@weft/core'
import { readImage, writeNpy, writeSafetensors } from '@weft/io'
import { describe, expect, test } from 'vitest'
import { filesBelow, jsonLines, PHOTOS, PLAIN, randomPicture, temporaryFolder, weft, writePicture } from './helpers.ts'

const at = temporaryFolder()

test('broken inputs are named with their code, the others are done, exit code 1', async () => {
  const jpeg = readFileSync(join(PHOTOS, 'chelsea.jpg'))
  writeFileSync(at('mixed/cut.jpg'), jpeg.subarray(0, Math.floor(jpeg.length * 0.7)))
  writeFileSync(at('mixed/empty.png'), '')
  writeFileSync(at('mixed/text.jpg'), 'this is no picture')
  writeFileSync(at('mixed/lies.npy'), readFileSync(join(PHOTOS, 'README.md')))
  await writeSafetensors(at('mixed/two.safetensors'), { a: Tensor.zeros([2, 2]), b: Tensor.zeros([2, 2]) })
  symlinkSync('nowhere.png', at('mixed/link.png'))
  copyFileSync(join(PHOTOS, 'chelsea.jpg'), at('mixed/deep/er/whole.jpg'))
  await writePicture(at('mixed/whole.png'), randomPicture(3, 8, 8))
  const { code, stdout, stderr } = await weft([
    'conv',
    at('mixed'),
    '-o',
    at('mixed-out'),
    '--kernel',
    'blur',
    ...PLAIN,
    '--json',
  ])
  expect(code).toBe(1)
  expect(filesBelow(at('mixed-out'))).toEqual(['deep/er/whole.png', 'two/a.npy', 'two/b.npy', 'whole.png'])
  expect((await readImage(at('mixed-out/deep/er/whole.png'))).shape).toEqual([3, 300, 451])
  const lines = jsonLines(stdout)
  const failures = Object.fromEntries(
    lines.filter(({ ok }) => ok === false).map((line) => [String(line.input).slice(at('mixed/').length), line.code]),
  )
  expect(failures).toEqual({
    'cut.jpg': 'FORMAT',
    'empty.png': 'FORMAT',
    'text.jpg': 'FORMAT',
    'lies.npy': 'FORMAT',
    'link.png': 'NOT_FOUND',
  })
  for (const name of Object.keys(failures))
    expect(stderr).toMatch(new RegExp(`^failed (FORMAT|NOT_FOUND) .*mixed/${name}.*$`, 'm'))
  expect(stderr).toMatch(/cut\.jpg.*cut short/)
  expect(lines.at(-1)).toMatchObject({ type: 'summary', items: 9, done: 4, failed: 5, exitCode: 1 })
})

test('an entry of a file with several is an input of its own, and a file of another kind is refused by name', async () => {
  await writeSafetensors(at('several.safetensors'), { 'a/b': Tensor.full([4, 5], 0.5), c: Tensor.zeros([2, 2]) })
  writeFileSync(at('notes.txt'), 'notes')
  const inputs = [`${at('several.safetensors')}:a/b`, at('notes.txt')]
  const { code, stdout, stderr } = await weft(['conv', ...inputs, '-o', at('several-out'), '--kernel', 'blur', ...PLAIN])
  expect([code, filesBelow(at('several-out'))]).toEqual([1, ['several/a/b.npy']])
  expect(stderr).toMatch(/failed FORMAT .*notes\.txt.*\.txt is not known/)
  expect(stdout).toMatch(/^1 of 2 items done, 1 failed, named above$/m)
})

describe('refused before anything is written', () => {
  const refused = async (args: string[], code: number, ...texts: RegExp[]): Promise<void> => {
    const ended = await weft(['conv', ...args])
    expect([ended.code, ended.stdout]).toEqual([code, ''])
    const sentence = ended.stderr.replaceAll(/\n\s*/g, ' ')
    for (const text of texts) expect(sentence).toMatch(text)
  }

  test('two inputs for one output, by both names', async () => {
    await writePicture(at('clash/a.png'), randomPicture(3, 4, 4))
    await writePicture(at('clash/a.jpg'), randomPicture(3, 4, 4), 'jpeg')
    await writePicture(at('other/a.png'), randomPicture(3, 4, 4))
    await refused([at('clash'), '-o', at('no'), '--kernel', 'blur'], 2, /clash\/a\.jpg/, /clash\/a\.png/, /no\/a\.png/)
    await refused([at('other'), at('clash/a.png'), '-o', at('no'), '--kernel', 'blur'], 2, /other\/a\.png/, /clash\/a\.png/)
    expect(existsSync(at('no'))).toBe(false)
  })

  test('an output in the place of an input', async () => {
    await writePicture(at('own/a.png'), randomPicture(3, 4, 4))
    const before = readFileSync(at('own/a.png'))
    await refused([at('own'), '-o', at('own'), '--kernel', 'blur'], 2, /own is an input and the output folder/)
    await refused([at('own/a.png'), '-o', at('own'), '--kernel', 'blur'], 2, /over the input/)
    symlinkSync(at('own'), at('alias'))
    await refused([at('own/a.png'), '-o', at('alias'), '--kernel', 'blur'], 2, /over the input/)
    await refused([at('own'), '-o', at('alias'), '--kernel', 'blur'], 2, /own is an input and the output folder/)
    expect(readFileSync(at('own/a.png')).equals(before)).toBe(true)
  })

  test('inputs that are not there: exit code 3', async () => {
    mkdirSync(at('bare/.hidden'), { recursive: true })
    await writePicture(at('bare/.hidden/a.png'), randomPicture(3, 4, 4))
    await writePicture(at('bare/.b.png'), randomPicture(3, 4, 4))
    writeFileSync(at('bare/README.md'), '')
    await refused([at('gone'), '-o', at('no'), '--kernel', 'blur'], 3, /NOT_FOUND: the input .*gone is not there/)
    await refused([at('bare'), '-o', at('no'), '--kernel', 'blur'], 3, /bare holds no picture and no tensor/)
    await refused([at('bare/.b.png'), '-o', at('no'), '--weight', at('gone.npy')], 3, /gone\.npy/)
    expect(existsSync(at('no'))).toBe(false)
  })

  test('weights that cannot be used', async () => {
    await writePicture(at('one/a.png'), randomPicture(3, 4, 4))
    await writeNpy(at('flat.npy'), Tensor.zeros([3, 3]))
    await writeNpy(at('w.npy'), Tensor.full([5, 3, 3, 3], 1))
    await writeNpy(at('nan.npy'), Tensor.full([5, 3, 3, 3], Number.NaN))
    await writeNpy(at('bias.npy'), Tensor.zeros([4]))
    const run = [at('one'), '-o', at('no'), '--weight']
    await refused([...run, at('flat.npy')], 2, /SHAPE.*flat\.npy \(3, 3\).*rank 3, 4 or 5/)
    await refused([...run, at('nan.npy')], 2, /WEIGHTS.*NaN/)
    await refused([...run, at('w.npy'), '--bias', at('bias.npy')], 2, /SHAPE.*bias \(4\) must be \(5\)/)
    await refused([...run, at('w.npy'), '--groups', '2'], 2, /SHAPE.*2/)
    await refused([...run, at('w.npy'), '--stride', '1,2,3'], 2, /SHAPE.*stride has 3 values/)
    await refused([...run, at('w.npy'), '--format', 'png'], 2, /OPTION.*5 channels/)
    expect(existsSync(at('no'))).toBe(false)
  })

  test('results that would go into a file, or into a folder that looks like one; a network that is a folder', async () => {
    await writePicture(at('one/a.png'), randomPicture(3, 4, 4))
    writeFileSync(at('some.txt'), 'mine')
    const to = (output: string): string[] => [at('one/a.png'), '-o', output, '--kernel', 'blur']
    await refused(to(at('some.txt')), 2, /OPTION: -o .*some\.txt: it is a file; give a folder/)
    await refused(to(at('b.png')), 2, /OPTION: -o .*b\.png: results go into a folder.* or .*b\.png\/ for/)
    expect([readFileSync(at('some.txt'), 'utf8'), existsSync(at('b.png'))]).toEqual(['mine', false])
    expect((await weft(['conv', ...to(`${at('b.png')}/`), ...PLAIN])).code).toBe(0)
    expect((await weft(['conv', ...to(at('b.png')), ...PLAIN])).code).toBe(0)
    const folder = await weft(['run', at('one'), at('one'), '-o', at('no'), ...PLAIN])
    expect([folder.code, folder.stderr.replace(/\s+/g, ' ')]).toEqual([
      2,
      expect.stringMatching(/OPTION: .*one is a folder; give/),
    ])
  })

  test('an output folder that cannot be made: exit code 7', async () => {
    writeFileSync(at('file'), '')
    await writePicture(at('one/a.png'), randomPicture(3, 4, 4))
    await refused([at('one'), '-o', `${at('file')}/out`, '--kernel', 'blur'], 7, /IO: cannot make the output folder/)
    // A folder that exists and takes no other: mkdir's `recursive` never ends there.
    if (process.platform === 'linux')
      await refused([at('one'), '-o', '/proc/out', '--kernel', 'blur'], 7, /IO: cannot make the output folder/)
  })
})

test('an output folder inside of the input is not read again', async () => {
  await writePicture(at('nest/a.png'), randomPicture(3, 6, 6))
  for (const format of ['jpg', 'png', 'png']) {
    const { code, stdout } = await weft([
      'conv',
      at('nest'),
      '-o',
      at('nest/out'),
      '--kernel',
      'blur',
      '--json',
      '--restart',
      '--format',
      format,
    ])
    expect([code, jsonLines(stdout).at(-1)?.items]).toEqual([0, 1])
  }
  expect(filesBelow(at('nest'))).toEqual(['a.png', 'out/a.jpg', 'out/a.png'])
})

test.skipIf(process.platform === 'win32')(
  'what is no file fails at once: a pipe would be waited for, a device has no end',
  async () => {
    await writePicture(at('pipes/a.png'), randomPicture(3, 6, 6))
    execFileSync('mkfifo', [at('pipes/p.png')])
    writeFileSync(at('pipes/list.txt'), '/dev/zero\na.png\np.png\n')
    const { code, stderr } = await weft(['conv', '@list.txt', '-o', at('pipes-out'), '--kernel', 'blur', ...PLAIN], at('pipes'))
    expect([code, filesBelow(at('pipes-out'))]).toEqual([1, ['a.png']])
    for (const name of ['/dev/zero', 'p.png'])
      expect(stderr).toContain(`failed IO cannot read ${name}: it is a folder, a pipe or a device`)
  },
)

test('a link in the output folder leads nowhere else', async () => {
  await writePicture(at('leave/sub/a.png'), randomPicture(3, 6, 6))
  mkdirSync(at('elsewhere'), { recursive: true })
  mkdirSync(at('leave-out'), { recursive: true })
  symlinkSync(at('elsewhere'), at('leave-out/sub'))
  const { code, stderr } = await weft(['conv', at('leave'), '-o', at('leave-out'), '--kernel', 'blur', ...PLAIN])
  expect([code, filesBelow(at('elsewhere'))]).toEqual([1, []])
  expect(stderr).toMatch(/failed IO .*leave-out\/sub is a link out of the output folder/)
})

test('inputs above the working folder and odd names stay inside of the output folder', async () => {
  await writePicture(at('odd/x y\n\u001b[31m.png'), randomPicture(3, 6, 6))
  await writePicture(at('odd/-o.png'), randomPicture(3, 6, 6))
  await writePicture(at('odd/ü😀.tar.png'), randomPicture(3, 6, 6))
  mkdirSync(at('work/here'), { recursive: true })
  const { code, stderr } = await weft(
    ['conv', '../../odd', '../../odd/-o.png', '-o', 'out', '--kernel', 'blur', ...PLAIN],
    at('work/here'),
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(filesBelow(at('work'))).toEqual(['here/out/-o.png', 'here/out/x y\n\u001b[31m.png', 'here/out/ü😀.tar.png'])
  const dashed = await weft(['conv', '-o', 'out2', '--kernel', 'blur', ...PLAIN, '--', '-o.png'], at('odd'))
  expect([dashed.code, filesBelow(at('odd/out2'))]).toEqual([0, ['-o.png']])
  writeFileSync(at('odd/bad\u001b[2J.png'), 'no')
  const bad = await weft(['conv', at('odd'), '-o', at('odd-out'), '--kernel', 'blur', ...PLAIN, '-q'])
  expect([bad.code, bad.stderr.includes('\u001b[2J')]).toEqual([1, false])
  expect(statSync(at('odd-out/-o.png')).size).toBeGreaterThan(0)
})
