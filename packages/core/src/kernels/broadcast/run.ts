// Running the broadcast kernel: the tiles of every block of pixels and channels.
import { epilogueOf, writeEpilogueArgs } from '../epilogue.ts'
import type { Bindings, Callable } from '../kernel.ts'
import { unitAt } from '../range.ts'
import { ARGS_BYTES, type BroadcastPlan } from './plan.ts'
import { BROADCAST_ARGS, broadcastFunction } from './tile.ts'

type Compute = (begin: number, end: number, at: Bindings, cancelled: () => boolean) => boolean

/** Units in the order of the grid: what is outside stays in the cache while what is inside goes by. */
export function computer(plan: BroadcastPlan, code: ReadonlyMap<string, Callable>, memory: ArrayBufferLike): Compute {
  const { descriptor: d, layout } = plan
  const [words, floats] = [new Int32Array(memory), new Float32Array(memory)]
  const groupBytes = 4 * (d.ic / d.groups) * layout.planeFloats
  const yChannel = 4 * d.output[1] * d.output[2]
  const calls = callsOf(plan, code)
  return (begin, end, at, cancelled) => {
    const args = at.private / 4
    const tables = at.packed + plan.tablesAt
    words[args + BROADCAST_ARGS.runs] = tables
    words[args + BROADCAST_ARGS.runCount] = plan.runCount
    words[args + BROADCAST_ARGS.runStride] = plan.runStride
    words[args + BROADCAST_ARGS.yChannel] = yChannel
    words[args + BROADCAST_ARGS.sums] = at.private + ARGS_BYTES
    writeEpilogueArgs(words, floats, args, BROADCAST_ARGS, d, at)
    for (let unit = begin; unit < end; unit++) {
      if (cancelled()) return false
      const { tile, block: index } = unitAt(unit, plan.grid)
      const [channels, block] = [plan.channels[tile], plan.blocks[index]]
      words[args + BROADCAST_ARGS.weights] = at.packed + channels.packed
      words[args + BROADCAST_ARGS.x] = (layout.staged ? at.shared : at.x) + channels.group * groupBytes + block.x
      words[args + BROADCAST_ARGS.y] = at.y + channels.oc * yChannel + block.y
      words[args + BROADCAST_ARGS.fours] = Math.floor(channels.rows / 4)
      words[args + BROADCAST_ARGS.singles] = channels.rows % 4
      for (const { tiles, call } of calls(channels.vectors, block.tiles)) {
        words[args + BROADCAST_ARGS.tiles] = tables + 4 * tiles.at
        words[args + BROADCAST_ARGS.tileCount] = tiles.count
        call(at.private)
      }
    }
    return true
  }
}

type Tiles = BroadcastPlan['blocks'][number]['tiles']
type Call = { readonly tiles: Tiles[number]; readonly call: Callable }

/** The calls for the tiles of a block and so many vectors of channels, looked up once. */
function callsOf(plan: BroadcastPlan, code: ReadonlyMap<string, Callable>): (vectors: number, tiles: Tiles) => readonly Call[] {
  const epilogue = epilogueOf(plan.descriptor)
  const known = new Map<number, Map<Tiles, Call[]>>()
  for (const vectors of new Set(plan.channels.map((channels) => channels.vectors))) {
    const callable = ({ shape }: Tiles[number]) => code.get(broadcastFunction({ ...shape, vectors }, epilogue).name) as Callable
    const callsFor = (list: Tiles) => list.map((tiles) => ({ tiles, call: callable(tiles) }))
    known.set(vectors, new Map([...new Set(plan.blocks.map(({ tiles }) => tiles))].map((list) => [list, callsFor(list)])))
  }
  return (vectors, tiles) => known.get(vectors)?.get(tiles) as Call[]
}
