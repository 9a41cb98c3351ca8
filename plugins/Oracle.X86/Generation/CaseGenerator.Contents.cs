using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Host;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <content>What operands in memory hold where a form asks for more than numbers.</content>
internal sealed unsafe partial class CaseGenerator
{
    private const int HeaderOffset = 512;

    private void FillOperand(ulong target, int size)
    {
        switch (info.Mnemonic)
        {
            case Mnemonic.Ldmxcsr or Mnemonic.Vldmxcsr:
                uint control = MxcsrMasks | ((uint)random.Next() & 0xFFFF);
                if (!isPlain && random.OneIn(8))
                    control |= 1u << random.Next(18, 32);
                Put(target, control, 4);
                break;
            case Mnemonic.Cmpxchg8b or Mnemonic.Cmpxchg or Mnemonic.Cmpxchg16b when random.OneIn(2):
                SetGpr(X86Register.Rax, Get(target));
                SetGpr(X86Register.Rdx, Get(target + (info.Mnemonic == Mnemonic.Cmpxchg8b ? 4u : 8)));
                break;
            case Mnemonic.Fldcw:
                Put(target, (ulong)(random.Next(4) != 0 ? 0x7F | random.Next(0x10000) : random.Next(0x10000)), 2);
                break;
            case Mnemonic.Fldenv:
                FillEnvironment(target, size);
                break;
            case Mnemonic.Frstor:
                int environment = size == 94 ? 14 : 28;
                FillEnvironment(target, environment);
                FillFloats(target + (ulong)environment, 10);
                break;
            case Mnemonic.Fnstenv or Mnemonic.Fstenv or Mnemonic.Fnsave or Mnemonic.Fsave:
                LeaveEnvironmentOpen(target, size is 14 or 94);
                break;
            case Mnemonic.Fxsave or Mnemonic.Fxsave64:
                LeaveLegacyAreaOpen(target);
                break;
            case Mnemonic.Fxrstor or Mnemonic.Fxrstor64:
                FillLegacyArea(target);
                break;
            case Mnemonic.Xrstor or Mnemonic.Xrstor64 or Mnemonic.Xrstors or Mnemonic.Xrstors64:
                FillLegacyArea(target);
                FillHeader(target);
                break;
            case Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64 or Mnemonic.Xsavec or Mnemonic.Xsavec64:
                FillHeader(target);
                LeaveLegacyAreaOpen(target);
                break;
            case Mnemonic.Fld or Mnemonic.Fstp when size == 10:
                FillFloats(target, 10, 1);
                break;
            case Mnemonic.Fbld:
                for (uint i = 0; i < 9; i++)
                    Put(target + i, (ulong)(random.Next(10) | (random.Next(10) << 4)), 1);
                Put(target + 9, (ulong)(random.Next(2) << 7), 1);
                break;
            case Mnemonic.Bound when random.OneIn(2):
                Put(target, info.OperandSize == 16 ? 0x7FFF_8000UL : 0x7FFF_FFFF_8000_0000UL, 8);
                break;
            default:
                FillPointer(target, size);
                if (form.Group == "x87" && size is 4 or 8)
                    Put(target, size == 4 ? values.Single() : values.Double(), size);
                break;
        }
    }

    private void FillFloats(ulong target, uint stride, int count = 8)
    {
        for (uint i = 0; i < count; i++)
        {
            (ulong significand, ushort exponent) = values.Extended();
            Put(target + (i * stride), significand);
            Put(target + (i * stride) + 8, exponent, 2);
        }
    }

    private void FillEnvironment(ulong target, int size)
    {
        int control = random.Next(4) != 0 ? 0x37F | (random.Next(16) << 8) : random.Next(0x10000);
        int status = random.Next(4) != 0 ? random.Next(0x10000) & (control | ~FloatMasks) : random.Next(0x10000);
        uint step = size == 14 ? 2u : 4;
        Put(target, (ulong)control, 2);
        Put(target + step, (ulong)status, 2);
        Put(target + (2 * step), random.Next(), 2);
    }

    /// <summary>The first 512 bytes of FXSAVE and XSAVE (SDM volume 1, 10.5.1).</summary>
    private void FillLegacyArea(ulong target)
    {
        FillEnvironment(target, 14);
        Put(target + 6, random.Next() & 0x7FF, 2);

        // Canonical addresses: what becomes of others is each processor's own.
        Put(target + 8, random.Next() >> 17);
        Put(target + 16, random.Next() >> 17);
        uint control = MxcsrMasks | ((uint)random.Next() & 0xFFFF);
        if (!isPlain && random.OneIn(12))
            control |= 1u << random.Next(18, 32);
        Put(target + 24, control, 4);
        FillFloats(target + 32, 16);
    }

    /// <summary>XSAVE's header (SDM volume 1, 13.4.2): components of the two that are more than the legacy area's and of AVX; sometimes bits that are reserved.</summary>
    private void FillHeader(ulong target)
    {
        for (uint i = 0; i < 64; i += 8)
            Put(target + HeaderOffset + i, 0);
        Put(target + HeaderOffset, (ulong)random.Next(8));
        if (!isPlain && random.OneIn(10))
            Put(target + HeaderOffset + (8u * (uint)random.Next(8)), 1UL << random.Next(40, 62));

        // Where state is saved, what is in the header already stays but for the components.
        if (info.Mnemonic is Mnemonic.Xsavec or Mnemonic.Xsavec64 || !random.OneIn(3) || info.Mnemonic is Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64)
            return;

        // The compacted format, where it is there.
        if (!catalog.Advertises(form.Model, CpuidFeature.XSAVEC))
            return;
        ulong compacted = (1UL << 63) | (uint)random.Next(8);
        Put(target + HeaderOffset + 8, compacted);
        Put(target + HeaderOffset, compacted & (uint)random.Next(8));
    }

    /// <summary>The selectors of the last instruction and operand, which processors give as zero (SDM volume 1, 8.1.8, CPUID.7.0.EBX[13]); where the host keeps them only at exceptions, opcode and operand too.</summary>
    private void LeaveEnvironmentOpen(ulong target, bool isWord)
    {
        if (isWord)
        {
            // FCS with the upper bits of the addresses and the opcode, as 16-bit real-address mode has them.
            Open(target + 8, 2);
            Open(target + 12, 2);
        }
        else
        {
            Open(target + 16, 2);
            Open(target + 24, 2);
        }

        if (HostFeatures.KeepsFloatPointers)
            return;
        Open(target + (isWord ? 10u : 18), 2);
        Open(target + (isWord ? 10u : 20), isWord ? 2 : 4);
    }

    /// <summary>MXCSR_MASK is the processor's own, and the selectors as above.</summary>
    private void LeaveLegacyAreaOpen(ulong target)
    {
        Open(target + 28, 4);
        if (info.Mnemonic is Mnemonic.Fxsave or Mnemonic.Xsave or Mnemonic.Xsavec or Mnemonic.Xsaveopt)
        {
            Open(target + 12, 2);
            Open(target + 20, 2);
        }

        if (!HostFeatures.KeepsFloatPointers)
        {
            Open(target + 6, 2);
            Open(target + 16, 8);
        }
    }

    private void Open(ulong linear, int length) => test.OpenData.Add(((int)((long)linear - arena - ArenaLayout.Data), length));
}
