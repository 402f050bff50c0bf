// The situations in which engines are opened: folders, permissions, broken kernels, tiers asked for and excluded.
import { TIER_NAMES } from '@weft/core'
import { BOTH, NATIVE, PORTABLE, type Situation } from './situation.ts'
import { MOUNTED, PLACES } from './situations-folders.ts'

const PERMISSION = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*', '--allow-worker']
const FORBIDDEN: readonly Situation[] = [
  {
    name: "Node's permission model without addons",
    flags: PERMISSION,
    expect: {
      tier: PORTABLE,
      why: [/amx: .*permission model/, /avx512: .*permission model forbids addons.*--allow-addons/, /avx2: .*permission model/],
    },
  },
  {
    name: "Node's permission model with addons",
    flags: [...PERMISSION, '--allow-addons'],
    expect: { tier: NATIVE, why: [/known answers verified/], needs: ['avx2'] },
  },
  {
    name: 'executable pages refused (EACCES) while the engine is opened',
    config: { refuse: { errno: 13, when: 'opening' } },
    expect: {
      tier: PORTABLE,
      why: [/avx512: .*no executable memory \(errno 13\)/, /avx2: .*no executable memory \(errno 13\)/],
      needs: BOTH,
    },
  },
  {
    name: 'leave to use tiles refused (EPERM), as seccomp does: avx512 serves',
    config: { refuseTiles: 1 },
    expect: {
      tier: 'avx512',
      why: [/amx: the operating system gives no leave to use tiles \(errno 1\)/, /avx512: known answers verified/],
      needs: ['amx'],
    },
  },
  {
    name: 'leave to use tiles refused (EINVAL), as a kernel older than they are does, for a tier that was asked for',
    config: { options: { tier: 'amx' }, refuseTiles: 22 },
    expect: { error: 'TIER', why: [/tier amx is not to be had here: .*no leave to use tiles \(errno 22\)/], needs: ['amx'] },
  },
  {
    name: 'executable pages refused (EPERM) for a tier that was asked for',
    config: { options: { tier: 'avx2' }, refuse: { errno: 1, when: 'opening' } },
    expect: { error: 'TIER', why: [/tier avx2 is not to be had here: .*\(errno 1\).*WebAssembly tier/], needs: ['avx2'] },
  },
  {
    name: 'executable pages refused once an engine is open: the layer is refused with TIER, and the next one works',
    config: { refuse: { errno: 1, when: 'open' } },
    expect: { tier: NATIVE, why: [], refused: /^TIER: .*no executable memory \(errno 1\)/, needs: ['avx2'] },
  },
]

const BROKEN: readonly Situation[] = (['one wrong float', 'nothing written', 'throws'] as const).flatMap((how): Situation[] => [
  {
    name: `kernels of avx512 that are broken (${how}), and no amx: avx2 serves`,
    long: how !== 'one wrong float',
    config: { options: { exclude: ['amx'] }, broken: { tier: 'avx512', how } },
    expect: {
      tier: 'avx2',
      why: [/avx512: (wrong results: f32-|.*cannot be bound)/, /avx2: known answers verified/],
      needs: BOTH,
    },
  },
  {
    name: `kernels of the matrix unit that are broken (${how}): avx512 serves`,
    long: how !== 'one wrong float',
    config: { broken: { tier: 'amx', how } },
    expect: {
      tier: 'avx512',
      why: [/amx: (wrong results: f32-matrix gave|.*cannot be bound)/, /avx512: known answers verified/],
      needs: ['amx'],
    },
  },
])

const ASKED: readonly Situation[] = [
  {
    name: 'amx excluded',
    config: { options: { exclude: ['amx'] } },
    expect: { tier: 'avx512', why: [/amx: excluded by the caller/, /avx512: known answers verified/], needs: BOTH },
  },
  {
    name: 'avx512 excluded: amx is another tier, and stays',
    config: { options: { exclude: ['avx512'] } },
    expect: { tier: 'amx', why: [/amx: known answers verified/], needs: ['amx'] },
  },
  {
    name: 'amx and avx512 excluded',
    config: { options: { exclude: ['amx', 'avx512'] } },
    expect: { tier: 'avx2', why: [/avx512: excluded by the caller/, /avx2: known answers verified/], needs: ['avx2'] },
  },
  {
    name: 'amx, avx512 and avx2 excluded',
    config: { options: { exclude: ['amx', 'avx512', 'avx2'] } },
    expect: {
      tier: PORTABLE,
      why: [/amx: excluded by/, /avx512: excluded by/, /avx2: excluded by/, /relaxed: known answers verified/],
    },
  },
  {
    name: 'a tier asked for whose kernels are broken: no other is taken instead',
    config: { options: { tier: 'avx512' }, broken: { tier: 'avx512', how: 'one wrong float' } },
    expect: { error: 'TIER', why: [/tier avx512 is not to be had here: wrong results/], needs: BOTH },
  },
  ...TIER_NAMES.filter((tier) => tier !== 'paired').map(
    (tier): Situation => ({
      name: `WEFT_TIER is ${tier}`,
      env: { WEFT_TIER: tier },
      expect: { tier, why: [new RegExp(`^${tier}: asked for`)], needs: NATIVE.split('|').includes(tier) ? [tier] : [] },
    }),
  ),
  {
    name: 'WEFT_TIER is paired, which only a timing can tell',
    env: { WEFT_TIER: 'paired' },
    flags: ['--experimental-wasm-revectorize'],
    expect: { tier: '(paired)?', why: [/paired: asked for|tier paired is not to be had here: V8 does not pair/] },
  },
  { name: 'WEFT_TIER is wasm', env: { WEFT_TIER: 'wasm' }, expect: { tier: PORTABLE, why: [/relaxed: known answers/] } },
  { name: 'WEFT_TIER is empty', env: { WEFT_TIER: '' }, expect: { tier: NATIVE, why: [/known answers/], needs: ['avx2'] } },
  ...['gpu', 'AVX2', '../avx2'].map(
    (tier): Situation => ({
      name: `WEFT_TIER is ${tier}`,
      long: tier !== 'gpu',
      env: { WEFT_TIER: tier },
      expect: { error: 'OPTION', why: [/^OPTION: tier '.*' is unknown; there are auto, wasm, .*avx512/] },
    }),
  ),
]

export const SITUATIONS: readonly Situation[] = [...PLACES, ...MOUNTED, ...FORBIDDEN, ...BROKEN, ...ASKED]
