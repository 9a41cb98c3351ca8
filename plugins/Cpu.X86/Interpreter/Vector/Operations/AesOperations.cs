using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dominion.Cpu.X86.Interpreter.Vector.Ciphers;
using HostAes = System.Runtime.Intrinsics.X86.Aes;

namespace Dominion.Cpu.X86.Interpreter.Vector.Operations;

/// <summary>AES-NI (SDM volume 2, AESENC and its kin). The host's instructions where it has them, else tables; both give the same.</summary>
internal static class AesOperations
{
    public readonly struct Encrypt : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            HostAes.IsSupported ? HostAes.Encrypt(a, b) : AesRounds.Encrypt(a) ^ b;
    }

    public readonly struct EncryptLast : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            HostAes.IsSupported ? HostAes.EncryptLast(a, b) : AesRounds.EncryptLast(a) ^ b;
    }

    public readonly struct Decrypt : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            HostAes.IsSupported ? HostAes.Decrypt(a, b) : AesRounds.Decrypt(a) ^ b;
    }

    public readonly struct DecryptLast : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            HostAes.IsSupported ? HostAes.DecryptLast(a, b) : AesRounds.DecryptLast(a) ^ b;
    }

    public readonly struct InverseMix : IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) =>
            HostAes.IsSupported ? HostAes.InverseMixColumns(b) : AesRounds.InverseMix(b);
    }

    /// <summary>AESKEYGENASSIST. The host's instruction takes its round constant from the code, so this is always done by table.</summary>
    public readonly struct KeyAssist : IPackedOperation
    {
        public static Vector128<byte> Do(Vector128<byte> a, Vector128<byte> b, int immediate) => AesRounds.KeyAssist(b, (byte)immediate);
    }
}
