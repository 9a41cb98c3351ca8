using System.CommandLine;

namespace Dominion.Cli.Verbs;

/// <summary><c>completion SHELL</c>: prints a script that teaches a shell to complete the command line. The scripts ask the program itself, through System.CommandLine's suggest directive.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # dominion: put this into ~/.bashrc:  eval "$(dominion completion bash)"
        _dominion() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _dominion dominion ./dominion
        """;

    private const string Zsh = """
        # dominion: put this into ~/.zshrc:  eval "$(dominion completion zsh)"
        _dominion() {
            local -a words_found
            words_found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- ${words_found:#}
            _files
        }
        compdef _dominion dominion ./dominion
        """;

    private const string Fish = """
        # dominion: put this into ~/.config/fish/config.fish:  dominion completion fish | source
        function __dominion_complete
            set -l line (commandline -cp)
            set -l words (commandline -opc)
            $words[1] "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c dominion -a "(__dominion_complete)"
        """;

    internal static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Command verb = new("completion", "Print a script that lets a shell complete dominion's command line.") { shell };
        verb.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return verb;
    }
}
