using Dominion.Cpu.X86.Decoding;
using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.Interpreter.Vector.Handlers;
using Dominion.Cpu.X86.Interpreter.Vector.Operations;
using Iced.Intel;

namespace Dominion.Cpu.X86.Interpreter.Vector.Groups;

/// <summary>AES-NI, PCLMULQDQ and the SHA extensions.</summary>
internal static unsafe class VectorCiphers
{
    public static void Register(LoweringTable table)
    {
        table.Add(&VectorLowering.Packed<AesOperations.Encrypt>, Mnemonic.Aesenc, Mnemonic.Vaesenc);
        table.Add(&VectorLowering.Packed<AesOperations.EncryptLast>, Mnemonic.Aesenclast, Mnemonic.Vaesenclast);
        table.Add(&VectorLowering.Packed<AesOperations.Decrypt>, Mnemonic.Aesdec, Mnemonic.Vaesdec);
        table.Add(&VectorLowering.Packed<AesOperations.DecryptLast>, Mnemonic.Aesdeclast, Mnemonic.Vaesdeclast);
        table.Add(&VectorLowering.Packed<AesOperations.InverseMix>, Mnemonic.Aesimc, Mnemonic.Vaesimc);
        table.Add(&VectorLowering.Packed<AesOperations.KeyAssist>, Mnemonic.Aeskeygenassist, Mnemonic.Vaeskeygenassist);
        table.Add(&VectorLowering.Packed<CarrylessProduct>, Mnemonic.Pclmulqdq, Mnemonic.Vpclmulqdq);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha1FourRounds>, Mnemonic.Sha1rnds4);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha1NextE>, Mnemonic.Sha1nexte);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha1Message1>, Mnemonic.Sha1msg1);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha1Message2>, Mnemonic.Sha1msg2);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha256Message1>, Mnemonic.Sha256msg1);
        table.Add(&VectorLowering.Packed<ShaOperations.Sha256Message2>, Mnemonic.Sha256msg2);
        table.Add(&LowerRounds, Mnemonic.Sha256rnds2);
    }

    private static bool LowerRounds(in Instruction i, ref Lowering l)
    {
        VectorLowering.UseRegisters(i, ref l);
        if (!Lowering.IsMemory(i, 1))
            return l.Use(&Sha256RoundHandlers.Register);
        return l.Use(l.UseMemory(i) switch
        {
            AddressKind.BaseDisplacement => &Sha256RoundHandlers.Memory<BaseDisplacement>,
            AddressKind.Flat64 => &Sha256RoundHandlers.Memory<Flat64>,
            _ => &Sha256RoundHandlers.Memory<Segmented>,
        });
    }
}
