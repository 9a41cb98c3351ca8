namespace Dominion.Cpu.X86;

/// <summary>Answers a core's intercepts: an extension's unit, or a paravirtual monitor. Called by the thread that runs the core, never by two.</summary>
public interface IX86InterceptHandler
{
    /// <summary>Answers one intercept. May change the core's state and controls.</summary>
    /// <param name="info">What is intercepted; <see cref="X86InterceptInfo.Value"/> may be set for <see cref="X86Verdict.Replace"/>.</param>
    /// <returns>What the core does next.</returns>
    X86Verdict OnIntercept(ref X86InterceptInfo info);

    /// <summary>The second level of translation, or null when there is none.</summary>
    IX86SecondLevel? SecondLevel { get; }
}
