// What each shell runs to complete a command's words: it asks the command itself (see `routes.ts`), and offers files where that has nothing.

export interface Shell {
  /** The script that a shell reads. @param command its name on the PATH */
  script(command: string): string
  /** Where it goes, for people. */
  readonly use: (command: string) => string
}

const bash: Shell = {
  // `=` breaks words of bash: --tier=av comes as three.
  script: (command) => `# Completions of ${command} for bash.
_${name(command)}() {
  local word words=() last
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    last=$word
    [[ $word == = ]] || words+=("$word")
  done
  [[ $last == = ]] && words+=('')
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <("$1" ${ASK} -- "\${words[@]}" 2>/dev/null)
}
complete -o bashdefault -o default -F _${name(command)} ${command}
`,
  use: (command) => `source <(${command} completions bash)`,
}

const zsh: Shell = {
  script: (command) => `#compdef ${command}
# Completions of ${command} for zsh.
_${name(command)}() {
  local line
  local -a asked found
  asked=("\${(@Q)words[2,CURRENT]}")
  if compset -P '--*='; then
    asked[-1]=("\${\${asked[-1]}%%=*}" "\${\${asked[-1]}#*=}")
  fi
  for line in "\${(@f)$(\${(Q)words[1]} ${ASK} -- "\${asked[@]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line//:/\\\\:}/$'\\t'/:}")
  done
  if (( $#found )); then _describe -V ${command} found; else _files; fi
}
if [[ $funcstack[1] == _${name(command)} ]]; then _${name(command)} "$@"; else compdef _${name(command)} ${command}; fi
`,
  use: (command) => `source <(${command} completions zsh)`,
}

const fish: Shell = {
  script: (command) => `# Completions of ${command} for fish.
function __${name(command)}_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l before
    if set -l parts (string match -r '^(--[^=]+)=(.*)$' -- $last)
        set -a words $parts[2]
        set before "$parts[2]="
        set last "$parts[3]"
    end
    set -l found ($words[1] ${ASK} -- $words[2..] "$last" 2>/dev/null)
    if test (count $found) -eq 0
        set found (__fish_complete_path "$last")
    end
    for one in $found
        echo "$before$one"
    end
end
complete -c ${command} -f -k -a '(__${name(command)}_complete)'
`,
  use: (command) => `${command} completions fish | source`,
}

export const SHELLS = { bash, zsh, fish } as const satisfies Record<string, Shell>
export type ShellName = keyof typeof SHELLS
export const SHELL_NAMES = Object.keys(SHELLS) as ShellName[]

/** The command that the scripts call, with the words up to the cursor after \`--\`. */
export const ASK = '__complete'

function name(command: string): string {
  return command.replaceAll('-', '_')
}
