// A tier's machine code, called with sentinels in the registers that it must give back; what a call says that it touches is checked too.
import type { Binder, Callable, KernelFunction, MachineTraits } from '@weft/core'
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
          const beyond = this.#strays(this.#known.get(name) as KernelFunction, args)
          if (beyond !== null) throw new Error(beyond)
          const broken = this.#call(code.get(name) as number, args)
          if (broken !== null) throw new Error(`${name}: ${broken}`)
        }
      return new Map([...code.keys()].map((name) => [name, guarded(name)]))
    },
  })

  /** What a call says that it touches, for the mode that checks calls, belongs to operands: else that mode would cry wolf. */
  #strays(kernel: KernelFunction, args: number): string | null {
    const words = new Int32Array(this.#ground.memory.buffer)
    for (const { from, to } of kernel.touches(words, args / 4, this.#traits)) {
      if (from === to || this.#ground.regions.some(({ at, bytes }) => at <= from && to <= at + bytes)) continue
      return `${kernel.name} says that it touches bytes ${from} to ${to}, which are no operand's`
    }
    return null
  }
}
