// Where things lie that are no modules of ours: one folder up from the sources as from what is built.
import { fileURLToPath } from 'node:url'

const source = import.meta.url.endsWith('.ts')

/** The folder that the peers are installed in. */
export const PEERS_FOLDER = fileURLToPath(new URL('../../../tools/peers/', import.meta.url))

/** A command line that runs a script of ours in a process of its own, as this one is run. */
export function scriptCommand(name: string, ...args: readonly string[]): string[] {
  const path = new URL(`../${source ? 'src' : 'dist'}/layers/${name}.${source ? 'ts' : 'js'}`, import.meta.url)
  return [process.execPath, ...process.execArgv, fileURLToPath(path), ...args]
}
