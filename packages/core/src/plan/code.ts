// Compiled code: one piece a kernel function and tier, made once and kept; bound to a memory by each thread.
import type { KernelFunction } from '../isa/machine.ts'
import { emitFor, type Tier } from '../isa/tiers.ts'
import type { Callable } from '../kernels/kernel.ts'

/** A WebAssembly module, or the address of machine code in this process. Both can be posted to workers. */
export type Piece = WebAssembly.Module | number
/** Pieces by the name of their function. */
export type Code = ReadonlyMap<string, Piece>

/** Turns functions into code. */
export interface Compiler {
  compile(functions: readonly KernelFunction[]): Code
}
/** Makes code callable on one memory, in one thread. */
export interface Binder {
  bind(code: Code): ReadonlyMap<string, Callable>
}

export class CodeCache implements Compiler {
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

/** Keeps one instance a function. */
export class Instances implements Binder {
  readonly #callables = new Map<string, Callable>()
  readonly #memory: WebAssembly.Memory

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  bind(code: Code): ReadonlyMap<string, Callable> {
    for (const [name, piece] of code) {
      if (this.#callables.has(name)) continue
      const instance = new WebAssembly.Instance(piece as WebAssembly.Module, { env: { memory: this.#memory } })
      this.#callables.set(name, instance.exports.kernel as Callable)
    }
    return this.#callables
  }
}
