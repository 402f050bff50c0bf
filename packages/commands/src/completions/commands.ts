// The two commands behind completions: `completions SHELL` for people, and the hidden one that its script calls at every tab.
import { type Application, buildCommand, type CommandContext, proposeCompletions } from '@stricli/core'
import { ASK, SHELL_NAMES, SHELLS, type ShellName } from './shells.ts'

/**
 * Routes of an application, the second to be hidden. Both write to standard output and are done.
 * @param application the one that they are part of, which is not built before them
 */
export function completionRoutes<Context extends CommandContext>(command: string, application: () => Application<Context>) {
  const completions = buildCommand<Record<never, never>, [ShellName], Context>({
    func(_, shell) {
      this.process.stdout.write(SHELLS[shell].script(command))
    },
    parameters: {
      positional: {
        kind: 'tuple',
        parameters: [
          {
            parse: shellNamed,
            proposeCompletions: (partial) => SHELL_NAMES.filter((shell) => shell.startsWith(partial)),
            placeholder: 'SHELL',
            brief: SHELL_NAMES.join(', '),
          },
        ],
      },
    },
    docs: { brief: 'completions for a shell', fullDescription: completionsHelp(command) },
  })
  const ask = buildCommand<Record<never, never>, string[], Context>({
    async func(_, ...words) {
      this.process.stdout.write(await proposals(application(), words, this))
    },
    parameters: { positional: { kind: 'array', parameter: { parse: String, brief: 'the words up to the cursor' } } },
    docs: { brief: 'what may follow' },
  })
  return { completions, [ASK]: ask }
}

export const HIDDEN = { [ASK]: true } as const

export function completionsHelp(command: string): string {
  const uses = SHELL_NAMES.map((shell) => `  ${shell.padEnd(6)}${SHELLS[shell].use(command)}`)
  return [
    'Prints what a shell reads to complete commands, flags and values of',
    `${command}. In its start file:`,
    '',
    ...uses,
  ].join('\n')
}

/** A line each: what may stand at the cursor, and after a tab what it is. None where a file may. Flags only once they are begun. */
async function proposals<Context extends CommandContext>(
  application: Application<Context>,
  words: readonly string[],
  context: Context,
): Promise<string> {
  const begun = words.at(-1)?.startsWith('-') === true
  const found = await proposeCompletions(application, words, context)
  return found
    .filter(({ kind }) => begun || kind !== 'argument:flag')
    .map(({ kind, completion, brief }) => `${completion}${kind === 'argument:value' ? '' : `\t${brief}`}\n`)
    .join('')
}

function shellNamed(text: string): ShellName {
  const shell = SHELL_NAMES.find((name) => name === text)
  if (shell === undefined) throw new Error(`give ${SHELL_NAMES.join(', ')}`)
  return shell
}
