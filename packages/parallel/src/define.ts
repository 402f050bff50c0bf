// Makes layers, and a program of them, known to every worker; packs what has yet to be packed.
import type { FloatTensor } from '@weft/core'
import { copyNumbers } from './copy.ts'
import type { Parts } from './dispatch.ts'
import type { Host } from './host.ts'
import type { DefineTask, LayerDefinition, ProgramDefinition } from './messages.ts'
import { warmRegion } from './regions.ts'
import type { Resident } from './resident.ts'
import type { Seat } from './seat.ts'

/** Bytes of weights in the arena beside their packed form; those of a single layer may be more. */
const MOST_RAW = 64 << 20

/** A layer, with its weights where they have yet to be packed. */
export interface Defined {
  readonly resident: Resident
  readonly weight: FloatTensor | null
  readonly bias: FloatTensor | null
}

/** Returns the generation of workers that was told: those that came later do not know. @throws MEMORY, WORKER */
export async function define(host: Host, layers: readonly Defined[], program: ProgramDefinition | null = null): Promise<number> {
  const { generation } = host
  const groups = grouped(layers)
  for (const [index, group] of groups.entries()) await defineGroup(host, group, index === groups.length - 1 ? program : null)
  return generation
}

/** In order, so many at once as their weights allow; at least one group. */
function grouped(layers: readonly Defined[]): Defined[][] {
  const groups: Defined[][] = [[]]
  let bytes = 0
  for (const layer of layers) {
    const own = rawBytes(layer)
    if (bytes > 0 && bytes + own > MOST_RAW) {
      groups.push([])
      bytes = 0
    }
    groups[groups.length - 1].push(layer)
    bytes += own
  }
  // The largest are claimed first: none is left to one worker while the others wait.
  return groups.map((group) => group.toSorted((a, b) => rawBytes(b) - rawBytes(a)))
}

function rawBytes({ weight, bias }: Defined): number {
  return 4 * ((weight?.size ?? 0) + (bias?.size ?? 0))
}

async function defineGroup(host: Host, group: readonly Defined[], program: ProgramDefinition | null): Promise<void> {
  const { arena, dispatcher, threads } = host
  const bytes = group.reduce((sum, layer) => sum + rawBytes(layer), 0)
  const raw = bytes === 0 ? 0 : arena.allocate(bytes)
  try {
    let next = raw
    const copies: [number, Float32Array][] = []
    const put = (tensor: FloatTensor): number => {
      const at = next
      copies.push([at, tensor.data])
      next += 4 * tensor.size
      return at
    }
    const layers = group.map(({ resident, weight, bias }): LayerDefinition => {
      const weights = weight && {
        at: put(weight),
        count: weight.size,
        biasAt: bias === null ? 0 : put(bias),
        biasCount: bias?.size ?? 0,
      }
      return { id: resident.id, ...resident.definition, weights, cold: host.takeCold(resident.code) }
    })
    const warmBytes = Math.max(0, ...layers.filter(({ cold }) => cold).map(({ plan }) => warmRegion(plan).bytes))
    const start = async (seats: readonly Seat[], control: number): Promise<Parts> => {
      const assembly = seats.map((seat, member): DefineTask => {
        const claims = member < layers.length
        const warm = claims && warmBytes > 0 ? dispatcher.reserve(seat, warmBytes) : 0
        if (warm > 0) arena.floats(warm, warmBytes / 4).fill(0)
        const layer = program?.id ?? layers[0]?.id ?? -1
        return { kind: 'define', layer, member, members: threads, control, layers, program, claims, warm }
      })
      for (const [at, from] of copies) await copyNumbers(arena.floats(at, from.length), from)
      return { assembly, shards: layers.length }
    }
    await dispatcher.submit({ members: threads, start })
  } finally {
    if (raw !== 0) arena.free(raw)
  }
}
