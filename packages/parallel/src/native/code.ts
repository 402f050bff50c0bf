// Machine code of kernels: encoded once, placed in executable pages, bound by every thread.
import {
  type Binder,
  type Callable,
  type Code,
  type Compiler,
  emitX64,
  type KernelFunction,
  machineOf,
  PIECE_HEADER,
  type Tier,
  WeftError,
} from '@weft/core'
import type { Addon } from './addon.ts'
import type { KeptCode } from './kept-code.ts'

const LINE = 64

/** Places kernels for one arena, whose address each piece begins with. */
export class NativeCompiler implements Compiler {
  readonly #addon: Addon
  readonly #tier: Tier
  readonly #base: number
  readonly #kept: KeptCode | null
  readonly #addresses = new Map<string, number>()
  readonly #areas: { at: number; bytes: number }[] = []

  constructor(addon: Addon, tier: Tier, memory: WebAssembly.Memory, kept: KeptCode | null = null) {
    this.#addon = addon
    this.#tier = tier
    this.#kept = kept
    this.#base = addon.address(new Uint8Array(memory.buffer))
  }

  /** @throws TIER when the system gives no executable pages */
  compile(functions: readonly KernelFunction[]): Code {
    const missing = functions.filter(({ name }) => !this.#addresses.has(name))
    if (missing.length > 0) this.#place(missing)
    return new Map(functions.map(({ name }) => [name, this.#addresses.get(name) as number]))
  }

  /** Gives the pages back: nothing may call into them any more. */
  close(): void {
    for (const { at, bytes } of this.#areas.splice(0)) this.#addon.release(at, bytes)
    this.#addresses.clear()
  }

  #place(functions: readonly KernelFunction[]): void {
    const pieces = functions.map((kernel) => {
      const emit = () => emitX64(kernel, machineOf(kernel, this.#tier.traits))
      return this.#kept?.piece(`${this.#tier.name} ${kernel.name}`, emit) ?? emit()
    })
    const starts: number[] = []
    let bytes = 0
    for (const piece of pieces) {
      starts.push(bytes)
      bytes += Math.ceil((PIECE_HEADER + piece.length) / LINE) * LINE
    }
    const area = new Uint8Array(bytes)
    pieces.forEach((piece, index) => {
      new DataView(area.buffer).setBigUint64(starts[index], BigInt(this.#base), true)
      area.set(piece, starts[index] + PIECE_HEADER)
    })
    const at = this.#addon.place(area)
    if (at < 0)
      throw new WeftError('TIER', `the system gives no executable memory (errno ${-at}); choose a WebAssembly tier`, {
        errno: -at,
      })
    this.#areas.push({ at, bytes })
    functions.forEach(({ name }, index) => {
      this.#addresses.set(name, at + starts[index])
    })
  }
}

/** Makes placed kernels callable in one thread. */
export class NativeBinder implements Binder {
  readonly #addon: Addon
  readonly #callables = new Map<string, { address: number; call: Callable }>()

  constructor(addon: Addon) {
    this.#addon = addon
  }

  bind(code: Code): ReadonlyMap<string, Callable> {
    return new Map(
      [...code].map(([name, piece]) => {
        const address = piece as number
        let bound = this.#callables.get(name)
        if (bound?.address !== address) {
          bound = { address, call: this.#addon.bind(address) }
          this.#callables.set(name, bound)
        }
        return [name, bound.call]
      }),
    )
  }
}
