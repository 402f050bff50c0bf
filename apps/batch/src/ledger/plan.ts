// What is left to do: items that the ledger does not hold as done, or whose input or result is not what it was.
import type { Fingerprints } from '../fingerprint.ts'
import type { Item } from '../outputs.ts'
import { inFlight } from '../pool.ts'
import type { Sink } from '../sinks/sink.ts'
import type { Past } from './ledger.ts'
import type { ItemRecord } from './records.ts'

export interface Task {
  readonly item: Item
  /** Attempts that were made before. */
  readonly attempts: number
}

export interface Plan {
  readonly tasks: readonly Task[]
  /** Done before, and still so. */
  readonly skipped: number
}

export interface PlanOptions {
  /** Hashes inputs and results instead of trusting sizes and times. */
  readonly verify: boolean
  /** Only what failed before. */
  readonly retryFailed: boolean
}

/** Files looked at side by side. */
const LOOKS = 16

export async function planRun(
  items: readonly Item[],
  past: Past,
  sink: Pick<Sink, 'holds'>,
  fingerprints: Fingerprints,
  { verify, retryFailed }: PlanOptions,
): Promise<Plan> {
  const left: boolean[] = new Array(items.length).fill(true)
  const looks = items.keys()
  const isDone = async (item: Item, record: ItemRecord | undefined): Promise<boolean> =>
    record?.state === 'done' &&
    record.output === item.below &&
    (await sink.holds(record, verify)) &&
    (await fingerprints.same(item.path, record.input, verify))
  await inFlight(
    looks,
    LOOKS,
    () => false,
    async (index) => {
      const record = past.items.get(items[index].id)
      const asked = !retryFailed || record?.state === 'failed'
      left[index] = asked && !(await isDone(items[index], record))
    },
  )
  const tasks = items
    .filter((_, index) => left[index])
    .map((item): Task => ({ item, attempts: past.items.get(item.id)?.attempt ?? 0 }))
  const skipped = retryFailed ? 0 : items.length - tasks.length
  return { tasks, skipped }
}
