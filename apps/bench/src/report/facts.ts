// Facts of a measurement that pages and comparisons tell: on what it was made, and how it is repeated.
import type { MachineFacts } from '../machine.ts'
import { disturbing, type Others } from '../others.ts'

export interface Facts {
  readonly date: string
  readonly command: string
  readonly machine: string
  readonly cores: number
  readonly system: string
  readonly versions: string
  /** The tier in force, and why. */
  readonly tier: string
  readonly others: Others
  /** Whether other programs were at it too. */
  readonly busy: boolean
}

/** What results of every kind hold. */
export interface Measured {
  readonly version: string
  readonly date: string
  readonly command: string
  readonly machine: MachineFacts
}

interface Tier {
  readonly name: string
  readonly why: readonly string[]
}

/** @param peers others that were measured, each with its version */
export function factsOf(measured: Measured, tier: Tier | null, others: Others, peers: readonly string[] = []): Facts {
  const { version, date, command, machine } = measured
  const { cpu, cores, arch, platform, release, memoryBytes, node, v8 } = machine
  return {
    date,
    command,
    machine: `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'} usable, ${(memoryBytes / 2 ** 30).toFixed(1)} GiB of memory`,
    cores,
    system: `${platform} ${arch}, ${release}`,
    versions: [`weft-bench ${version}`, `Node ${node}`, `V8 ${v8}`, ...peers].join(', '),
    tier: tier === null ? 'unknown' : (tier.why.at(-1) ?? tier.name),
    others,
    busy: disturbing(others),
  }
}
