// The constants of one program, numbered, each once.
import type { OpStorage, ProgramConstant } from '@weft/core'
import type { Constant } from '../graph/graph.ts'

/** Constants share their numbers with the graph's: an executor knows by `data` what it has packed before. */
export class Constants {
  readonly list: ProgramConstant[] = []
  readonly #numbers = new Map<OpStorage, Map<string, number>>()

  numberOf(constant: Constant): number {
    const byShape = this.#numbers.get(constant.data) ?? new Map<string, number>()
    const key = constant.shape.join()
    const number = byShape.get(key) ?? this.list.push(constant) - 1
    this.#numbers.set(constant.data, byShape.set(key, number))
    return number
  }
}
