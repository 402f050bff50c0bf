// A run: every item through the engine, bounded in number, whatever happens to single ones.
import { availableParallelism } from 'node:os'
import { type Engine, open } from '@weft/parallel'
import { type Done, type Failed, failed, passing, processItem } from './item.ts'
import type { Job } from './job.ts'
import { Folders, type Item } from './outputs.ts'
import { Gate, inFlight } from './pool.ts'
import type { Reporter } from './report.ts'
import type { Stop } from './stop.ts'
import type { Station } from './work.ts'

export interface Tally {
  readonly items: number
  readonly done: number
  readonly failed: number
  readonly seconds: number
  readonly bytesRead: number
  readonly bytesWritten: number
}

/** @throws what opening the engine or making the output folder throws; what befalls an item is reported. */
export async function runJob(job: Job, reporter: Reporter, stop: Stop): Promise<Tally> {
  const folders = new Folders(job.folder)
  await folders.ready()
  const engine = await open(job.engine)
  try {
    reporter.begin(engine.info)
    return await runItems(job, engine, folders, reporter, stop)
  } finally {
    await engine.close()
  }
}

async function runItems(job: Job, engine: Engine, folders: Folders, reporter: Reporter, stop: Stop): Promise<Tally> {
  const station = job.work.open({ engine, parallel: job.parallel, explain: (topic, lines) => reporter.explain(topic, lines) })
  const process = (item: Item): Promise<Done> => processItem(item, station, folders, job.write, new AbortController().signal)
  const gate = new Gate()
  const start = performance.now()
  const tally = { items: job.items.length, done: 0, failed: 0, seconds: 0, bytesRead: 0, bytesWritten: 0 }
  const { threads = availableParallelism() } = job.engine
  // Two a thread are decoded or encoded while one a thread is computed; the rest of the files only have names.
  await inFlight(
    job.items,
    2 * threads + 2,
    () => stop.signal !== null,
    async (item) => {
      stop.writing.add(item.output)
      const result = await attempt(item, process, station, gate)
      stop.writing.delete(item.output)
      if (result.ok) {
        tally.done++
        tally.bytesRead += result.bytesRead
        tally.bytesWritten += result.bytesWritten
      } else tally.failed++
      reporter.item(item, result)
    },
  )
  tally.seconds = (performance.now() - start) / 1000
  await station.clear()
  return tally
}

/** Items side by side may fill the memory that one alone has room in, and a worker that died has been replaced: tries again. */
async function attempt(item: Item, process: (item: Item) => Promise<Done>, station: Station, gate: Gate): Promise<Done | Failed> {
  try {
    return await gate.run(false, () => process(item))
  } catch (error) {
    if (!passing(error)) return failed(error, item)
  }
  try {
    return await gate.run(true, async () => {
      await station.clear()
      return await process(item)
    })
  } catch (error) {
    return failed(error, item)
  }
}
