namespace Dominion.Cpu.X86;

/// <summary>An exception or interrupt to be delivered through the IDT.</summary>
/// <param name="Type">What kind.</param>
/// <param name="Vector">The vector.</param>
/// <param name="HasErrorCode">Whether an error code is pushed.</param>
/// <param name="ErrorCode">The error code.</param>
/// <param name="InstructionLength">For the software types: how far RIP moves before it is pushed.</param>
/// <param name="FaultAddress">For #PF: what CR2 becomes. For #DB: the bits to set in DR6.</param>
public readonly record struct X86Event(X86EventType Type, byte Vector, bool HasErrorCode = false, uint ErrorCode = 0, byte InstructionLength = 0, ulong FaultAddress = 0);
