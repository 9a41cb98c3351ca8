using Iced.Intel;

namespace Dominion.Cpu.X86.Models;

/// <summary>A feature that CPUID reports with one bit.</summary>
/// <param name="Name">The name that models and manifests use.</param>
/// <param name="Leaf">EAX.</param>
/// <param name="Subleaf">ECX.</param>
/// <param name="Register">The register: 0 EAX, 1 EBX, 2 ECX, 3 EDX.</param>
/// <param name="Bit">The bit.</param>
/// <param name="Instructions">The instruction sets, in the decoder's terms, that come with the feature.</param>
internal sealed record CpuFeature(string Name, uint Leaf, uint Subleaf, int Register, int Bit, params CpuidFeature[] Instructions);
