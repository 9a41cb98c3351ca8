using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dominion.Cpu.X86.Interpreter.Integer.Fields;
using Dominion.Cpu.X86.Interpreter.Vector.Ciphers;

namespace Dominion.Cpu.X86.Tests.Interpreter.Vector.Ciphers;

/// <summary>What stands in for instructions that the host may not have.</summary>
public sealed class CipherTests
{
    private const int Cases = 2000;

    /// <summary>FIPS 197, appendix B: the first round of the example.</summary>
    [Fact]
    public void ARoundIsThatOfTheStandard()
    {
        Vector128<byte> start = Vector128.Create(Convert.FromHexString("193de3bea0f4e22b9ac68d2ae9f84808"));
        Vector128<byte> key = Vector128.Create(Convert.FromHexString("a0fafe1788542cb123a339392a6c7605"));
        Vector128<byte> next = Vector128.Create(Convert.FromHexString("a49c7ff2689f352b6b5bea43026a5049"));
        Assert.Equal(next, AesRounds.Encrypt(start) ^ key);
    }

    [Fact]
    public void DecryptionUndoesEncryption()
    {
        var random = new Random(1);
        for (int i = 0; i < Cases; i++)
        {
            Vector128<byte> state = Next(random);
            Assert.Equal(state, AesRounds.DecryptLast(AesRounds.EncryptLast(state)));
            Assert.Equal(AesRounds.EncryptLast(state), AesRounds.InverseMix(AesRounds.Encrypt(state)));
        }
    }

    [Fact]
    public void TablesAndTheHostAgree()
    {
        if (!Aes.IsSupported)
            return;
        var random = new Random(2);
        for (int i = 0; i < Cases; i++)
        {
            Vector128<byte> state = Next(random);
            Assert.Equal(Aes.Encrypt(state, default), AesRounds.Encrypt(state));
            Assert.Equal(Aes.EncryptLast(state, default), AesRounds.EncryptLast(state));
            Assert.Equal(Aes.Decrypt(state, default), AesRounds.Decrypt(state));
            Assert.Equal(Aes.DecryptLast(state, default), AesRounds.DecryptLast(state));
            Assert.Equal(Aes.InverseMixColumns(state), AesRounds.InverseMix(state));
            Assert.Equal(Aes.KeygenAssist(state, 0x36), AesRounds.KeyAssist(state, 0x36));
        }
    }

    [Fact]
    public void ProductsAreCarryless()
    {
        Assert.Equal(Vector128.Create(5UL, 0).AsByte(), CarrylessMath.MultiplyBitwise(3, 3));
        Assert.Equal(Vector128.Create(0UL, 0x4000_0000_0000_0000).AsByte(), CarrylessMath.MultiplyBitwise(1UL << 63, 1UL << 63));
        var random = new Random(3);
        for (int i = 0; i < Cases; i++)
        {
            ulong a = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            ulong b = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            Assert.Equal(CarrylessMath.Multiply(a, b), CarrylessMath.MultiplyBitwise(a, b));
        }
    }

    [Fact]
    public void GatheringAndDepositingAreTheHosts()
    {
        Assert.Equal(0b1010_0000UL, BitGathering.Deposit(0b101, 0b1110_0000));
        Assert.Equal(0b101UL, BitGathering.Extract(0b1011_1111, 0b1110_0000));
        if (!Bmi2.X64.IsSupported)
            return;
        var random = new Random(4);
        for (int i = 0; i < Cases; i++)
        {
            ulong value = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            ulong mask = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            Assert.Equal(Bmi2.X64.ParallelBitDeposit(value, mask), BitGathering.Deposit(value, mask));
            Assert.Equal(Bmi2.X64.ParallelBitExtract(value, mask), BitGathering.Extract(value, mask));
        }
    }

    private static Vector128<byte> Next(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return Vector128.Create(bytes);
    }
}
