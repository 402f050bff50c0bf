// What an engine knows of measured times: from its file, and from what it has measured itself.
import { availableParallelism, cpus } from 'node:os'
import { type ConvDescriptor, TIERS, type TierName } from '@weft/core'
import { VERSION } from '../version.ts'
import { winnerOf } from './choose.ts'
import { readSections, writeSections } from './file.ts'
import { keyOf, type Setting, sameSetting } from './key.ts'
import { type KernelTimes, merged, type Section } from './record.ts'

export class Tuning {
  readonly setting: Setting
  /** The file that was asked for at the opening, and in a sentence what came of it. */
  readonly file: string | undefined
  readonly why: string | undefined
  readonly #layers: Map<string, KernelTimes>

  private constructor(setting: Setting, file: string | undefined, found: readonly Section[] | string | undefined) {
    this.setting = setting
    this.file = file
    const known = typeof found === 'object' ? found.find((section) => sameSetting(section.setting, setting)) : undefined
    this.#layers = new Map(known?.layers)
    if (typeof found === 'string') this.why = `${file} is ignored: ${found}`
    else if (found !== undefined) {
      const here = `${setting.cpu}, ${setting.cores} cores, ${setting.threads} threads, tier ${setting.tier}, weft ${setting.version}`
      this.why = known === undefined ? `${file} is ignored: it has nothing for ${here}` : `${file} is used`
    }
  }

  static async open(file: string | undefined, threads: number, tier: TierName): Promise<Tuning> {
    const cpu = cpus()[0]?.model.trim() || 'unknown processor'
    const setting = { cpu, cores: availableParallelism(), threads, tier, version: VERSION }
    return new Tuning(setting, file, file === undefined ? undefined : await readSections(file))
  }

  get layers(): number {
    return this.#layers.size
  }

  /** The kernel that was the fastest for the convolution; undefined where nothing was measured. */
  kernelFor(d: ConvDescriptor): string | undefined {
    const times = this.#layers.get(keyOf(d))
    return (times && winnerOf(d, TIERS[this.setting.tier].traits, times)) ?? undefined
  }

  add(d: ConvDescriptor, times: KernelTimes): void {
    this.#layers.set(keyOf(d), times)
  }

  /** Puts all that is known here into a file, beside what that has of other settings. */
  async save(file: string): Promise<void> {
    const found = await readSections(file)
    await writeSections(file, merged(typeof found === 'string' ? [] : found, { setting: this.setting, layers: this.#layers }))
  }
}
