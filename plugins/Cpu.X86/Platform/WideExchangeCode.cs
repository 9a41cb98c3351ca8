using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Platform;

/// <summary>The host's own CMPXCHG16B, for which .NET has no primitive: a routine of machine code that takes the addresses of the operand, of the expected value (which becomes what was found) and of the new value.</summary>
internal static unsafe class WideExchangeCode
{
    /// <summary>Puts the arguments into R9, R10 and R8, whatever the calling convention.</summary>
    private static ReadOnlySpan<byte> UnixArguments =>
    [
        0x49, 0x89, 0xF9, // mov r9, rdi
        0x49, 0x89, 0xF2, // mov r10, rsi
        0x49, 0x89, 0xD0, // mov r8, rdx
    ];

    private static ReadOnlySpan<byte> WindowsArguments =>
    [
        0x49, 0x89, 0xC9, // mov r9, rcx
        0x49, 0x89, 0xD2, // mov r10, rdx
    ];

    private static ReadOnlySpan<byte> Body =>
    [
        0x53, // push rbx
        0x49, 0x8B, 0x02, // mov rax, [r10]
        0x49, 0x8B, 0x52, 0x08, // mov rdx, [r10 + 8]
        0x49, 0x8B, 0x18, // mov rbx, [r8]
        0x49, 0x8B, 0x48, 0x08, // mov rcx, [r8 + 8]
        0xF0, 0x49, 0x0F, 0xC7, 0x09, // lock cmpxchg16b [r9]
        0x49, 0x89, 0x02, // mov [r10], rax
        0x49, 0x89, 0x52, 0x08, // mov [r10 + 8], rdx
        0x5B, // pop rbx
        0xC3, // ret
    ];

    /// <summary>Maps the routine.</summary>
    /// <returns>Null on hosts that do not run it: other architectures, processors without the instruction, no executable memory.</returns>
    public static delegate* unmanaged[SuppressGCTransition]<UInt128*, UInt128*, UInt128*, void> Create()
    {
        // Every processor with SSE4.2 has CMPXCHG16B.
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !System.Runtime.Intrinsics.X86.Sse42.IsSupported)
            return null;
        ReadOnlySpan<byte> arguments = OperatingSystem.IsWindows() ? WindowsArguments : UnixArguments;
        return (delegate* unmanaged[SuppressGCTransition]<UInt128*, UInt128*, UInt128*, void>)ExecutableCode.Map([.. arguments, .. Body]);
    }
}
