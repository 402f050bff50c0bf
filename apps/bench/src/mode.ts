// The two ways of using the cores.

export const MODES = ['channels', 'items'] as const
/** channels: all workers on one item, each with a range of output channels. items: each worker takes whole items. */
export type Mode = (typeof MODES)[number]
export type ModeChoice = Mode | 'both'

export function modesOf(choice: ModeChoice): readonly Mode[] {
  return choice === 'both' ? MODES : [choice]
}

/** How many copies of the problem a run does: with items one a worker, so that times an item compare. */
export function copiesOf(mode: Mode, threads: number): number {
  return mode === 'items' ? threads : 1
}
