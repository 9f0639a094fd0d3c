/**
 * What each shell has to be told once. The scripts know no command: they ask `sluice complete`, which answers a
 * candidate a line, its meaning behind a tab, or the one line `:files`.
 */
export type Shell = 'bash' | 'zsh' | 'fish';

export const shells = ['bash', 'zsh', 'fish'] as const satisfies readonly Shell[];

/** `run`: the words that start this program, so that an alias or a checkout is completed as well. */
export const shellScript = (shell: Shell, run: readonly string[]): string => scripts[shell](run.map(quoted).join(' '));

/** In single quotes, as all three shells read them. */
const quoted = (word: string): string => (/^[\w./@%+:,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Bash parts words at = and : on its own; an answer has to leave out what stands before the last of them. */
const bash = (run: string): string => `# sluice completion for bash: source <(sluice completion bash)
_sluice() {
  local line=\${COMP_LINE:0:COMP_POINT} cur=\${COMP_LINE:0:COMP_POINT} answer word
  cur=\${cur##*[[:space:]]}
  local before=\${cur%"\${cur##*[=:]}"}
  COMPREPLY=()
  answer=$(${run} complete --line "$line" 2>/dev/null) || return 0
  if [ "$answer" = ":files" ]; then
    compopt -o default
    return 0
  fi
  while IFS=$'\\t' read -r word _; do
    [ -z "$word" ] || COMPREPLY+=("\${word#"$before"}")
  done <<<"$answer"
}
complete -F _sluice sluice
`;

const zsh = (run: string): string => `#compdef sluice
# sluice completion for zsh: source <(sluice completion zsh), after compinit
_sluice() {
  local -a described
  local line word
  for line in "\${(@f)$(${run} complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ "$line" == ":files" ]]; then
      _files
      return
    fi
    word="\${line%%$'\\t'*}"
    [[ -z "$word" ]] || described+=("\${word//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe sluice described
}
compdef _sluice sluice
`;

const fish = (run: string): string => `# sluice completion for fish: sluice completion fish | source
function __sluice_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer (${run} complete -- $words[2..-1] 2>/dev/null)
    if test "$answer" = ":files"
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $answer
    end
end
complete -c sluice -f -a '(__sluice_complete)'
`;

const scripts: Readonly<Record<Shell, (run: string) => string>> = { bash, zsh, fish };
