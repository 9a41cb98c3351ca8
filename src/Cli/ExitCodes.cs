namespace Dominion.Cli;

/// <summary>What the process's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>Every domain powered itself off, or the verb did what was asked.</summary>
    internal const int Ok = 0;

    /// <summary>A domain crashed.</summary>
    internal const int Crashed = 1;

    /// <summary>Diagnostics refused the manifest or a plugin, or the command line is wrong.</summary>
    internal const int Refused = 2;

    /// <summary>The timeout ended the machine.</summary>
    internal const int TimedOut = 124;

    /// <summary>A signal or Ctrl-] ended the machine.</summary>
    internal const int Interrupted = 130;
}
