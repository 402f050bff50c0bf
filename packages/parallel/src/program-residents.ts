// What a program keeps in the arena: its layers, packed, and the constants that its operators read.
import {
  type ChainProgramStep,
  type ConvDescriptor,
  type ConvProgramStep,
  type MachineTraits,
  type Operation,
  type OpPlan,
  type OpProgramStep,
  type OpStorage,
  opNamed,
  type Place,
  type Program,
  type ProgramConstant,
  type ProgramStep,
  select,
  selectChain,
  shard,
  sizeOf,
  TIERS,
  type TierName,
  type VectorPath,
  weightsOf,
} from '@weft/core'
import type { Defined } from './define.ts'
import type { Host } from './host.ts'
import type { DefinedStep, Lots, Operand, ProgramDefinition, ProgramPhase } from './messages.ts'
import { type DirectInput, directInput, readsInput } from './program-input.ts'
import type { Scratch } from './regions.ts'
import { Resident } from './resident.ts'

/** Elements that an operator reads and writes, below which sharing costs more than it gains. */
const LEAST_SHARED = 1 << 14

interface ResidentStep {
  readonly step: ConvProgramStep | ChainProgramStep
  readonly resident: Resident
}

export class ProgramResidents {
  readonly definition: ProgramDefinition
  /** What the largest of its layers needs. */
  readonly scratch: Scratch
  /** The input that is read where the caller has it, where that is in the arena. */
  readonly input: DirectInput | null
  readonly #host: Host
  readonly #layers: ResidentStep[] = []
  readonly #placed = new Map<OpStorage, number>()
  readonly #traits: MachineTraits
  /** Of the vector paths of operators. */
  readonly #paths = new Map<OpPlan, VectorPath>()

  /** @throws MEMORY, and gives back what it had taken */
  constructor(
    host: Host,
    tier: TierName,
    program: Program,
    constants: readonly ProgramConstant[],
    kernelFor: (d: ConvDescriptor) => string | undefined,
  ) {
    this.#host = host
    this.#traits = TIERS[tier].traits
    this.input = directInput(program)
    const { steps } = program
    const id = host.takeId()
    try {
      const defined = steps.map((step, index): DefinedStep => {
        const read = (place: Place) => this.#read(place, index, constants)
        if (step.kind === 'op') return this.#op(step, read)
        const resident = new Resident<Operation>(
          host,
          step.kind === 'chain'
            ? selectChain(step.descriptor, this.#traits, host.threads)
            : select(step.descriptor, this.#traits, kernelFor(step.descriptor), host.threads),
        )
        this.#layers.push({ step, resident })
        const residual = step.residual && read(step.residual)
        return { kind: 'layer', layer: resident.id, x: read(step.x), residual, y: inMemory(step.y) }
      })
      this.definition = { id, steps: defined, phases: this.#phases(steps) }
    } catch (error) {
      this.#give(id)
      throw error
    }
    const plans = this.#layers.map(({ resident }) => resident.plan)
    const own = [...plans, ...this.#paths.values()].map(({ privateBytes }) => privateBytes)
    this.scratch = { privateBytes: largest(own), sharedBytes: largest(plans.map(({ sharedBytes }) => sharedBytes)) }
  }

  /** The layers, with their weights where constants are given. */
  layers(constants: readonly ProgramConstant[] | null): Defined[] {
    return this.#layers.map(({ step, resident }) =>
      constants === null ? { resident, weight: null, bias: null } : { resident, ...weightsOf(step, constants) },
    )
  }

  /** Makes all known to the calling thread. */
  introduce(): void {
    const { member } = this.#host
    if (member.knows(this.definition.id)) return
    for (const { resident } of this.#layers) member.define(resident.id, resident.definition)
    member.defineProgram(this.definition)
  }

  release(): void {
    this.#give(this.definition.id)
  }

  #give(id: number): void {
    const { arena, member } = this.#host
    for (const { resident } of this.#layers.splice(0)) resident.release()
    for (const at of this.#placed.values()) arena.free(at)
    this.#placed.clear()
    member.forget(id)
    this.#host.giveId(id)
  }

  #op({ plan, inputs, outputs }: OpProgramStep, read: (place: Place) => Operand): DefinedStep {
    const path = opNamed(plan.op).vector?.(plan, this.#traits) ?? null
    if (path !== null) this.#paths.set(plan, path)
    const vector = path && { traits: this.#traits, code: this.#host.compile(path.functions) }
    return { kind: 'op', plan, vector, inputs: inputs.map((place) => place && read(place)), outputs: outputs.map(inMemory) }
  }

  #read(place: Place, step: number, constants: readonly ProgramConstant[]): Operand {
    const { info, where, at } = place
    if (where === 'constant') return { info, of: 'arena', at: this.#constant(constants[at].data) }
    return readsInput(this.input, place, step) ? { info, of: 'input', at: at - this.input.place.at } : inMemory(place)
  }

  /** A constant's place in the arena; each is there once. */
  #constant(data: OpStorage): number {
    const known = this.#placed.get(data)
    if (known !== undefined) return known
    const { arena } = this.#host
    const at = arena.allocate(data.byteLength)
    this.#placed.set(data, at)
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    new Uint8Array(arena.memory.buffer, at, data.byteLength).set(bytes)
    return at
  }

  #phases(steps: readonly ProgramStep[]): ProgramPhase[] {
    let layer = 0
    return steps.flatMap((step, index): ProgramPhase[] => {
      if (step.kind === 'op') {
        const shards = this.#shardsOf(step)
        return shards.length === 0 ? [] : [{ step: index, item: 0, part: 0, shards }]
      }
      const { shards } = this.#layers[layer++].resident
      const items = Array.from({ length: step.descriptor.batch }, (_, item) => item)
      return items.flatMap((item) => shards.map((lots, part) => ({ step: index, item, part, shards: lots })))
    })
  }

  /** The units of an operator as shards: a single one where there is little to do. */
  #shardsOf({ plan }: OpProgramStep): Lots {
    const units = this.#paths.get(plan)?.units ?? opNamed(plan.op).units(plan)
    const elements = [...plan.inputs, ...plan.outputs].reduce((sum, info) => sum + (info === null ? 0 : sizeOf(info.shape)), 0)
    if (units === 0) return []
    return elements < LEAST_SHARED ? [[{ begin: 0, end: units }]] : shard(new Float64Array(units).fill(1), this.#host.threads)
  }
}

function inMemory({ info, at }: Place): Operand {
  return { info, of: 'memory', at }
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((most, one) => Math.max(most, one), 0)
}
