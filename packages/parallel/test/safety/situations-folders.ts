// Situations in which some folder, or none, can be written to and loaded from.
import { type Mount, NATIVE, PORTABLE, type Situation } from './situation.ts'

const everywhere = (how: Mount['how']): Mount[] => ['/tmp', '/dev/shm', '/var/tmp'].map((on) => ({ on, how }))
/** No other place than those that are mounted. */
const NOWHERE = { TMPDIR: undefined, XDG_RUNTIME_DIR: undefined, HOME: '/nowhere' }

export const MOUNTED: readonly Situation[] = [
  {
    name: 'a TMPDIR that is mounted noexec: another folder serves',
    env: { TMPDIR: 'FOLDER' },
    mounts: [{ on: 'FOLDER', how: 'noexec' }],
    expect: { tier: NATIVE, why: [/known answers verified/], needs: ['avx2'] },
  },
  {
    name: 'a TMPDIR that is read-only: another folder serves',
    long: true,
    env: { TMPDIR: 'FOLDER' },
    mounts: [{ on: 'FOLDER', how: 'ro' }],
    expect: { tier: NATIVE, why: [/known answers verified/], needs: ['avx2'] },
  },
  ...(['noexec', 'ro'] as const).map(
    (how): Situation => ({
      name: `every folder mounted ${how}: WebAssembly serves, and each folder is named`,
      long: how === 'ro',
      env: NOWHERE,
      mounts: everywhere(how),
      expect: {
        tier: PORTABLE,
        why: [
          /avx512: no folder to load machine code from/,
          /avx2: no folder to load machine code from/,
          /\/tmp: .*(failed to map segment|EROFS)/,
          /\/dev\/shm: .*(failed to map segment|EROFS)/,
          /\/var\/tmp: .*(failed to map segment|EROFS)/,
          /\/nowhere\/\.cache: ENOENT/,
          /relaxed: known answers verified/,
        ],
      },
    }),
  ),
  {
    name: 'every folder mounted noexec, and a tier asked for: no other is taken instead',
    env: NOWHERE,
    mounts: everywhere('noexec'),
    config: { options: { tier: 'avx2' } },
    expect: { error: 'TIER', why: [/tier avx2 is not to be had here: no folder to load machine code from .*\/var\/tmp: /] },
  },
  {
    name: 'no /proc, through which threads find the object',
    mounts: [{ on: '/proc', how: 'ro' }],
    expect: { tier: PORTABLE, why: [/avx512: machine code could not be loaded: .*\/proc\/self\/fd/, /relaxed: known answers/] },
  },
]

export const PLACES: readonly Situation[] = ['/nowhere', '/proc', '/dev/null'].map((folder) => ({
  name: `TMPDIR is ${folder}, where nothing can be written: another folder serves`,
  long: folder !== '/nowhere',
  env: { TMPDIR: folder },
  expect: { tier: NATIVE, why: [/known answers verified/], needs: ['avx2'] },
}))
