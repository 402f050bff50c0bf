// A tier's machine code, called with sentinels in the registers that it must give back; what a call says that it touches is checked too.
import type { Access, Binder, Callable, KernelFunction, MachineTraits } from '@weft/core'
import type { GuardedMemory } from './guarded.ts'
import type { Work } from './kernel-run.ts'
import type { GuardedCall } from './sentinels.ts'

export class Watch {
  calls = 0
  readonly #call: GuardedCall
  readonly #ground: GuardedMemory
  readonly #traits: MachineTraits
  readonly #known = new Map<string, KernelFunction>()

  constructor(call: GuardedCall, ground: GuardedMemory, traits: MachineTraits) {
    this.#call = call
    this.#ground = ground
    this.#traits = traits
  }

  /** Makes the functions of a plan known before it runs. */
  expect({ kernel, plan }: Work): void {
    for (const used of kernel.functions(plan)) this.#known.set(used.name, used)
  }

  readonly wrap = (binder: Binder): Binder => ({
    bind: (code) => {
      binder.bind(code)
      const guarded =
        (name: string): Callable =>
        (args) => {
          this.calls++
          const told = this.#touches(this.#known.get(name) as KernelFunction, args)
          const beyond = this.#strays(name, told)
          if (beyond !== null) throw new Error(beyond)
          const before = this.#ground.regions.map(({ at, bytes }) => this.#ground.bytes.slice(at, at + bytes))
          const broken = this.#call(code.get(name) as number, args)
          if (broken !== null) throw new Error(`${name}: ${broken}`)
          const untold = this.#untold(name, told, before)
          if (untold !== null) throw new Error(untold)
        }
      return new Map([...code.keys()].map((name) => [name, guarded(name)]))
    },
  })

  #touches(kernel: KernelFunction, args: number): Access[] {
    return kernel.touches(new Int32Array(this.#ground.memory.buffer), args / 4, this.#traits)
  }

  /** What a call says that it touches, for the mode that checks calls, belongs to operands: else that mode would cry wolf. */
  #strays(name: string, told: readonly Access[]): string | null {
    for (const { from, to } of told) {
      if (from === to || this.#ground.regions.some(({ at, bytes }) => at <= from && to <= at + bytes)) continue
      return `${name} says that it touches bytes ${from} to ${to}, which are no operand's`
    }
    return null
  }

  /** What a call has changed it said that it touches: else that mode would be deaf. */
  #untold(name: string, told: readonly Access[], before: readonly Uint8Array[]): string | null {
    for (const [index, { operand, at, bytes }] of this.#ground.regions.entries()) {
      const after = this.#ground.bytes.slice(at, at + bytes)
      for (const { from, to } of told) {
        const [first, end] = [from, to].map((byte) => Math.min(bytes, Math.max(0, byte - at)))
        after.set(before[index].subarray(first, end), first)
      }
      if (Buffer.compare(after, before[index]) === 0) continue
      return `${name} has changed byte ${after.findIndex((byte, i) => byte !== before[index][i])} of ${operand}, and does not say so`
    }
    return null
  }
}
