using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.FloatingPoint.Sse;

/// <summary>An operation on elements of either format as bits; one operand may go unused.</summary>
internal delegate ulong SseOperation(ulong left, ulong right, uint mxcsr, ref FloatExceptions raised);
