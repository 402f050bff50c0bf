// Compiled code: one WebAssembly module a kernel function and tier, made once and kept.

import type { KernelFunction } from '../isa/machine.ts'
import { emitFor, type Tier } from '../isa/tiers.ts'
import type { Callable } from '../kernels/kernel.ts'

/** Modules by the name of their function; they can be posted to workers. */
export type Code = ReadonlyMap<string, WebAssembly.Module>

export class CodeCache {
  readonly #modules = new Map<string, WebAssembly.Module>()
  readonly #tier: Tier
  readonly #shared: boolean

  constructor(tier: Tier, shared: boolean) {
    this.#tier = tier
    this.#shared = shared
  }

  compile(functions: readonly KernelFunction[]): Code {
    return new Map(functions.map((kernel) => [kernel.name, this.#compiled(kernel)]))
  }

  #compiled(kernel: KernelFunction): WebAssembly.Module {
    let module = this.#modules.get(kernel.name)
    if (module === undefined) {
      module = new WebAssembly.Module(emitFor(this.#tier, kernel, this.#shared))
      this.#modules.set(kernel.name, module)
    }
    return module
  }
}

/** Binds modules to a memory; instances are kept, one a function. */
export class Instances {
  readonly #callables = new Map<string, Callable>()
  readonly #memory: WebAssembly.Memory

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  bind(code: Code): Map<string, Callable> {
    for (const [name, module] of code) {
      if (this.#callables.has(name)) continue
      const instance = new WebAssembly.Instance(module, { env: { memory: this.#memory } })
      this.#callables.set(name, instance.exports.kernel as Callable)
    }
    return this.#callables
  }
}
