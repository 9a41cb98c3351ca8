using Dominion.Cpu.X86.FloatingPoint;

namespace Dominion.Cpu.X86.Tests.FloatingPoint;

internal delegate Float80 X87Binary(ref X87Context context, Float80 top, Float80 next);
