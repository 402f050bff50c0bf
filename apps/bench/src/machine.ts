// The machine that numbers were measured on.
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os'

export interface MachineFacts {
  readonly cpu: string
  /** Cores that the process may use. */
  readonly cores: number
  readonly arch: string
  readonly platform: string
  readonly release: string
  readonly memoryBytes: number
  readonly node: string
  readonly v8: string
}

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown processor',
    cores: availableParallelism(),
    arch: arch(),
    platform: platform(),
    release: release(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
  }
}
