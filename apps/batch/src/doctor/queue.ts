// What the doctor finds about a queue: whether its Redis server is reached and answers.
import { type Address, connect, disconnect } from '../queue/connection.ts'
import type { Finding } from './finding.ts'

/** @throws IO where it does not answer, or not as Redis does */
export async function queueFinding(address: Address): Promise<Finding> {
  const start = performance.now()
  await disconnect(await connect(address))
  const ms = performance.now() - start
  const { shown } = address
  return { name: 'queue', state: 'well', words: [`${shown} answers (${ms.toFixed(1)} ms)`], facts: { queue: shown, ms } }
}
