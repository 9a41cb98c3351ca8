using Dominion.Cpu.X86;
using Dominion.Oracle.X86.Forms;
using Iced.Intel;

namespace Dominion.Oracle.X86.Generation;

/// <summary>Makes cases of a form: operands of every kind, every way to address memory, prefixes that count and prefixes that do not, and a state with values at the edges. A case follows from the seed, the form, the code's size and the case's number alone.</summary>
internal sealed unsafe partial class CaseGenerator
{
    private const int PoolSize = 0x1_0000;
    private const int Attempts = 24;
    private readonly CaseRandom random = new();
    private readonly ValueSource values;
    private readonly FormCatalog catalog;
    private readonly uint arena;
    private readonly ulong seed;
    private readonly byte[] pool = new byte[PoolSize];
    private readonly TestCase test = new();
    private readonly EncodedBytes encoded = new();
    private readonly Dictionary<CodeMode, Encoder> encoders = [];
    private InstructionForm form;
    private OpCodeInfo info;
    private readonly bool hasLocalSegments;
    private CodeMode mode;
    private bool isPlain;
    private bool usesOtherAddressSize;
    private ulong memoryTarget;

    /// <param name="arena">The arena's linear address.</param>
    /// <param name="seed">Where the random numbers start.</param>
    /// <param name="hasLocalSegments">Whether the segments of <see cref="SegmentTable"/>'s local table are there.</param>
    /// <param name="catalog">The forms that cases are made of.</param>
    public CaseGenerator(ulong arena, ulong seed, bool hasLocalSegments, FormCatalog catalog)
    {
        this.hasLocalSegments = hasLocalSegments;
        this.arena = (uint)arena;
        this.seed = seed;
        this.catalog = catalog;
        form = catalog.Forms[0];
        info = form.Info;
        values = new ValueSource(random);
        random.Start(seed);
        for (int i = 0; i < PoolSize; i += 8)
            BitConverter.TryWriteBytes(pool.AsSpan(i), values.Element());
        foreach (CodeMode bits in Enum.GetValues<CodeMode>())
            encoders.Add(bits, Encoder.Create((int)bits, encoded));
    }

    /// <summary>Makes a case.</summary>
    /// <param name="next">The form.</param>
    /// <param name="code">The code's size.</param>
    /// <param name="number">The case's number.</param>
    /// <param name="plain">Whether the case shall be one without faults and needless prefixes, as far as that can be known.</param>
    /// <returns>The case, good until the next one is made; null when the random operands do not encode.</returns>
    public TestCase? Create(InstructionForm next, CodeMode code, int number, bool plain = false)
    {
        form = next;
        info = next.Info;
        mode = code;
        isStandIn = !plain && code != CodeMode.Bits64 && !hasLocalSegments;
        isPlain = plain || FormRules.IsVendorSpecificAtFaults(next.Code);
        random.Start((seed * 0x2545_F491_4F6C_DD1D) ^ ((ulong)next.Code << 40) ^ ((ulong)code << 32) ^ (uint)number);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (TryCreate())
                return test;
        }

        return null;
    }

    private bool TryCreate()
    {
        test.Mode = mode;
        test.IsMutated = false;
        test.UsesStandIn = isStandIn;
        test.OpenData.Clear();
        test.CodeOffset = ArenaLayout.Instruction;
        pool.AsSpan(8 * random.Next((PoolSize - ArenaLayout.DataSize) / 8), ArenaLayout.DataSize).CopyTo(test.Data);
        usesOtherAddressSize = random.OneIn(8);
        CreateState();
        Instruction instruction = default;
        instruction.Code = form.Code;
        for (int i = 0; i < info.OpCount; i++)
            SetOperand(ref instruction, i, info.GetOpKind(i));
        if (IsGather)
            SetDistinctRegisters(ref instruction);
        FitImplicitOperands(ref instruction);
        UseStringRegisters(ref instruction);
        for (int i = 0; i < info.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Memory)
                UseMemory(ref instruction);
        }

        UseControlTransfer(ref instruction);
        AddLegalPrefixes(ref instruction);
        if (!TryEncode(instruction))
            return false;
        byte[] bytes = encoded.Span.ToArray();
        if (isStandIn && !TryMakeStandIn(instruction))
            return false;
        // What a prefix makes of a register's width or number would hide whose result is left out. AMD's processors take SHA's operands at any address; what is relative to RIP would move.
        if (!isPlain && !isStandIn && form.Group != "sha" && form.Kind != FormKind.ShapeOnly && random.OneIn(6) && Mutate(bytes) is { } mutated)
        {
            bytes = mutated;
            test.IsMutated = true;
        }

        // Across the end of the code: the fetch of the rest is a page fault.
        if (!isPlain && !isStandIn && !test.IsMutated && form.Group != "sha" && info.Mnemonic is not (Mnemonic.Ud0 or Mnemonic.Ud1) && random.OneIn(40))
        {
            int visible = random.Next(1, bytes.Length + 1);
            test.CodeOffset = ArenaLayout.CodeEnd - visible;
            bytes = bytes[..visible];
        }

        test.Instruction = instruction;
        test.Bytes = bytes;
        test.State.Rip = CodeAddress(test.CodeOffset);
        return true;
    }


    private bool TryEncode(in Instruction instruction)
    {
        Encoder encoder = encoders[mode];
        encoder.PreventVEX2 = random.OneIn(2);
        encoder.VEX_WIG = (uint)random.Next(2);
        encoder.VEX_LIG = (uint)random.Next(2);
        encoded.Clear();
        return encoder.TryEncode(instruction, CodeAddress(test.CodeOffset), out _, out _);
    }

    /// <summary>The instruction pointer for a place in the arena.</summary>
    private ulong CodeAddress(int offset) => mode == CodeMode.Bits16 ? (uint)(offset - ArenaLayout.Code) : arena + (uint)offset;

    private ushort CodeSelector => mode switch
    {
        CodeMode.Bits16 => SegmentTable.Code16,
        CodeMode.Bits32 => SegmentTable.Code32,
        _ => SegmentTable.Code64,
    };

    /// <summary>Prefixes that the form takes.</summary>
    private void AddLegalPrefixes(ref Instruction instruction)
    {
        if (info.CanUseLockPrefix && info.OpCount > 0 && instruction.GetOpKind(0) == OpKind.Memory && random.OneIn(4))
            instruction.HasLockPrefix = true;
        if (isStandIn)
            return;
        if (info.CanUseXacquirePrefix && instruction.HasLockPrefix && random.OneIn(8))
            instruction.HasXacquirePrefix = true;
        if (info.CanUseBndPrefix && random.OneIn(8))
            instruction.HasRepnePrefix = true;
        if (info.CanUseHintTakenPrefix && random.OneIn(4))
            instruction.SegmentPrefix = random.OneIn(2) ? Register.CS : Register.DS;
    }

    /// <summary>Puts prefixes before an encoding: redundant ones, ones that change or spoil it, REX prefixes that do not count.</summary>
    /// <returns>Null when that would be an instruction that is not run.</returns>
    private byte[]? Mutate(byte[] bytes)
    {
        int count = random.OneIn(4) ? 2 : 1;
        byte[] result = new byte[bytes.Length + count];
        ReadOnlySpan<byte> prefixes = [0x67, 0xF2, 0xF3, 0xF0, 0x2E, 0x36, 0x3E, 0x26, 0x64, 0x65, (byte)(0x40 | random.Next(16)), 0x66];
        if (IsSizeOpen)
            prefixes = prefixes[..^1];
        if (info.Mnemonic is Mnemonic.Loope or Mnemonic.Loopne)
        {
            // F2 and F3 are reserved before what is not a string instruction, and count before these on some processors.
            prefixes = [0x67, 0x2E, 0x65];
        }

        for (int i = 0; i < count; i++)
            result[i] = random.Pick(prefixes);
        bytes.CopyTo(result, count);
        var decoder = Decoder.Create((int)mode, result, CodeAddress(test.CodeOffset));
        decoder.Decode(out Instruction decoded);
        if (decoded.IsInvalid)
            return HasSpoiledPrefix(bytes) ? null : result;
        if (decoded.Length < result.Length || decoded.Mnemonic != info.Mnemonic || !IsAlike(decoded))
            return null;
        return result;
    }

    /// <summary>Whether another operand size is not the same on all processors: near branches in 64-bit code, double shifts by more than 16 bits, MOVSXD.</summary>
    private bool IsSizeOpen => form.Code.FlowControl() != FlowControl.Next || info.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd or Mnemonic.Movsxd;

    /// <summary>Where prefixes decide between instructions, an encoding that is none here may be one on a newer processor.</summary>
    private bool HasSpoiledPrefix(byte[] bytes) => info.Table is not OpCodeTableKind.Normal && info.Encoding == EncodingKind.Legacy && bytes.Length > 0;

    /// <summary>Whether what prefixes made of the form can be run as it is: not another way to leave the code.</summary>
    private bool IsAlike(in Instruction decoded)
    {
        if (FormRules.MissingOnHost(decoded.Code) is not null)
            return false;
        OpCodeInfo other = decoded.OpCode;
        if (mode == CodeMode.Bits64 ? !other.IntelDecoder64 || !other.AmdDecoder64 : !other.IntelDecoder32 || !other.AmdDecoder32)
            return false;
        return decoded.Code == form.Code || decoded.FlowControl == FlowControl.Next;
    }

    private void Put(ulong linear, ReadOnlySpan<byte> bytes)
    {
        long offset = (long)linear - arena - ArenaLayout.Data;
        if (offset >= 0 && offset + bytes.Length <= ArenaLayout.DataSize)
            bytes.CopyTo(test.Data.AsSpan((int)offset));
    }

    private void Put(ulong linear, ulong value, int size = 8)
    {
        Span<byte> bytes = stackalloc byte[8];
        BitConverter.TryWriteBytes(bytes, value);
        Put(linear, bytes[..size]);
    }

    private ulong Get(ulong linear)
    {
        long offset = (long)linear - arena - ArenaLayout.Data;
        return offset >= 0 && offset + 8 <= ArenaLayout.DataSize ? BitConverter.ToUInt64(test.Data, (int)offset) : 0;
    }

    private ulong Gpr(X86Register register) => test.State.Gpr[(int)register];

    private void SetGpr(X86Register register, ulong value) => test.State.Gpr[(int)register] = mode == CodeMode.Bits64 ? value : (uint)value;
}
