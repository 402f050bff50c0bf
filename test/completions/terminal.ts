// A shell at a terminal of its own, as a person has it: keys go in, and what stands on the command line after them comes out.
import { spawn, spawnSync } from 'node:child_process'

/** Runs what is given, then types keys and tells the line; the keys of `show` print it between marks. */
interface Interactive {
  readonly start: string
  /** Binds Ctrl-T. */
  readonly show: string
}

const INTERACTIVE = {
  bash: {
    start: 'bash --norc --noprofile -i',
    show: `bind 'set bell-style none'; bind -x '"\\C-t": echo "<<$READLINE_LINE>>"'`,
  },
  zsh: {
    start: 'zsh -f -i',
    show: `autoload -U compinit; compinit -u -D; show() { print -r -- "<<$BUFFER>>" }; zle -N show; bindkey '^T' show`,
  },
} as const satisfies Record<string, Interactive>

export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version']).error === undefined
}

const CTRL_T = '\u0014'
const CTRL_U = '\u0015'

/** @returns the line after each of `typed`, which end with tabs, mostly */
export async function linesAfter(
  shell: keyof typeof INTERACTIVE,
  setUp: string,
  typed: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const { start, show } = INTERACTIVE[shell]
  const child = spawn('script', ['-qec', start, '/dev/null'], { cwd, env: { ...env, TERM: 'dumb' } })
  let [out, from] = ['', 0]
  let heard = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    heard()
  })
  const ended = new Promise<never>((_, reject) => child.on('close', () => reject(new Error(`${shell} ended: ${out}`))))
  const said = async (what: RegExp): Promise<string> => {
    for (;;) {
      const found = what.exec(out.slice(from))
      if (found !== null) {
        from += found.index + found[0].length
        return found[1]
      }
      await Promise.race([new Promise<void>((resolve) => (heard = resolve)), ended])
    }
  }
  try {
    // What is echoed is no answer: the mark is put together by the shell.
    child.stdin.write(`${show}; ${setUp}; PS1= PROMPT=; echo "rea""dy>>"\n`)
    await said(/(ready)>>/)
    const lines: string[] = []
    for (const keys of typed) {
      child.stdin.write(`${keys}${CTRL_T}`)
      lines.push(await said(/<<(.*?)>>/s))
      child.stdin.write(CTRL_U)
    }
    return lines
  } finally {
    ended.catch(() => {})
    child.kill('SIGKILL')
  }
}
