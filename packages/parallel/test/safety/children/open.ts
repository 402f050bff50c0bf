// Opens an engine as it is told, under whatever this process was started with, and says which tier is in force, why, and how right.
import { type Callable, featuresOf, TIERS, type TierName, verify, WeftError, Workspace } from '@weft/core'
import { type EngineOptions, open } from '@weft/parallel'
import { MATRIX_ARGS } from '../../../../core/src/kernels/matrix/args.ts'
import type { Addon } from '../../../src/native/addon.ts'
import { NativeBinder, NativeCompiler } from '../../../src/native/code.ts'
import { native } from '../../../src/native/native.ts'
import { wrongOf } from '../known.ts'
import { foldersLeft, mappings, ofTheObject } from '../process-state.ts'
import { configuration, say } from '../say.ts'

export interface OpenConfig {
  readonly options?: EngineOptions
  /** What goes wrong beforehand: pages that are refused with an errno, or kernels of a tier that are broken. */
  readonly refuse?: { readonly errno: number; readonly when: 'opening' | 'open' }
  /** The errno with which leave to use tiles is refused. */
  readonly refuseTiles?: number
  readonly broken?: { readonly tier: TierName; readonly how: 'one wrong float' | 'nothing written' | 'throws' }
}

/** The functions that are broken, by their names, and the word of their argument block that has the address of their first output. */
const [TILE, MATRIX] = [
  { name: /^f32-tile/, output: 2 },
  { name: /^f32-matrix-\d/, output: MATRIX_ARGS.y },
]

const { options = {}, refuse, refuseTiles, broken } = configuration<OpenConfig>()
try {
  if (broken !== undefined) say({ verdict: breakTier(broken.tier, broken.how) })
  if (refuseTiles !== undefined) refuseLeave(refuseTiles)
  if (refuse?.when === 'opening') refusePages(refuse.errno)
  const engine = await open({ threads: 1, ...options })
  const { tier, why } = engine.info
  let refused = ''
  if (refuse?.when === 'open') {
    const give = refusePages(refuse.errno)
    refused = await wrongOf(engine).then(String, (error) =>
      error instanceof WeftError ? `${error.code}: ${error.message}` : String(error),
    )
    give()
  }
  const wrong = await wrongOf(engine)
  await engine.close()
  say({ tier, why, wrong, refused, left: foldersLeft(), objects: mappings().filter(ofTheObject).length })
} catch (error) {
  if (!(error instanceof WeftError)) throw error
  say({ error: error.code, message: error.message, left: foldersLeft() })
}

/** As a system does that forbids new executable pages; gives back what undoes it. */
function refusePages(errno: number): () => void {
  const here = native()
  if (typeof here === 'string') throw new Error(here)
  const addon = here.addon as { -readonly [name in keyof Addon]: Addon[name] }
  const { place } = addon
  addon.place = () => -errno
  return () => {
    addon.place = place
  }
}

/** As a system does that knows no tiles, or lets nobody have them. */
function refuseLeave(errno: number): void {
  const here = native()
  if (typeof here === 'string') throw new Error(here)
  const { addon } = here
  const refusing = {
    cpuid: (leaf: number, subleaf: number, register: number) => addon.cpuid(leaf, subleaf, register),
    xgetbv: () => addon.xgetbv(),
    permitTiles: () => -errno,
  }
  Object.assign(here, { features: featuresOf(refusing) })
}

/** The verdict on a tier whose kernels do not do what they should; it holds for this process. */
function breakTier(tier: TierName, how: NonNullable<OpenConfig['broken']>['how']): string {
  const { name, output } = TIERS[tier].traits.matrix ? MATRIX : TILE
  const here = native()
  if (typeof here === 'string') throw new Error(here)
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1024, shared: true })
  const binder = new NativeBinder(here.addon)
  const spoil = (call: Callable): Callable => {
    if (how === 'nothing written') return () => {}
    if (how === 'throws') throw new WebAssembly.CompileError('these kernels cannot be bound')
    return (args) => {
      const first = new Int32Array(memory.buffer)[args / 4 + output] / 4
      call(args)
      new Float32Array(memory.buffer)[first] += 0.5
    }
  }
  const workspace = new Workspace(tier, memory, new NativeCompiler(here.addon, TIERS[tier], memory), {
    bind: (code) => new Map([...binder.bind(code)].map(([each, call]) => [each, name.test(each) ? spoil(call) : call])),
  })
  return verify(tier, workspace).reason
}
