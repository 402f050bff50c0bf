// The floating-point state of the thread: flushed within a kernel, and as before for JavaScript.
import { describeConv, LocalLayer, sizeOf, Tensor, TIERS, type TierName, Workspace } from '@weft/core'
import { mem, r64 } from '../../../../core/src/isa/x64/operands.ts'
import { NativeBinder, NativeCompiler } from '../../../src/native/code.ts'
import { native } from '../../../src/native/native.ts'
import { loadCsr } from '../csr-object.ts'
import { placePiece } from '../piece.ts'
import { configuration, say } from '../say.ts'
import { subnormalsLive } from '../subnormals.ts'

const { tier } = configuration<{ tier: TierName }>()
const here = native()
if (typeof here === 'string') say({ skipped: here })
else {
  const { addon } = here
  const csr = loadCsr()
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true })
  // Before MXCSR is read: arithmetic with subnormal numbers leaves flags there.
  const live = subnormalsLive()
  const before = { csr: csr(), live }

  const workspace = new Workspace(tier, memory, new NativeCompiler(addon, TIERS[tier], memory), new NativeBinder(addon))
  const d = describeConv([4, 12, 20], [5, 4, 3, 3], true, { padding: 1 })
  const tiny = (shape: readonly number[]) => new Tensor(new Float32Array(sizeOf(shape)).fill(1e-41), shape)
  const y = new Float32Array(sizeOf(d.yShape)).fill(1)
  new LocalLayer(d, Tensor.full(d.weightShape, 1), tiny([d.oc]), { tier: workspace }).run(tiny(d.xShape).data, y)
  const run = { csr: csr(), live: subnormalsLive(), zeros: y.every((value) => Object.is(value, 0)) }

  // What a bound function sees while it runs, and that a call that is refused changes nothing either.
  const inside = placePiece(addon, memory, (asm) => {
    asm.emit('vstmxcsr', mem({ base: r64.rdi, index: r64.rsi }))
    asm.emit('ret')
  })
  inside.call(64)
  const within = new Uint32Array(memory.buffer)[16]
  let refused = ''
  try {
    inside.call('64' as unknown as number)
  } catch (error) {
    refused = String(error)
  }
  say({ before, run, within, refused, after: { csr: csr(), live: subnormalsLive() } })
}
