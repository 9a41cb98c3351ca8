using Dominion.Memory;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Devices.Pc.Tests.Iommu;

/// <summary>Whatever a guest writes into its tables, its queue and the registers, the host neither fails nor hangs, and a requester reaches nothing but RAM.</summary>
public class HostileTableTests
{
    private static readonly ulong[] s_words =
    [
        0, 1, 3, 0x83, 0x1001, 0x1003, 0x2001, 0x2003, 0x3001, 0x3003, 0x4003, 0x4083, 0x8000_0001, 0xFEE0_0003, 0xFF_FFFF_F003, ulong.MaxValue, 0x12, 0x25,
        0x0041_0001, 9, 2, 0xF2, 0x75,
    ];

    private static readonly int[] s_registers = [0x18, 0x20, 0x28, 0x34, 0x38, 0x64, 0x6C, 0x80, 0x88, 0x90, 0x9C, 0xA0, 0xB8, 0xF0, 0xF8, 0x228];

    [Fact]
    public void No_table_harms_the_host()
    {
        Gen<ulong> word = Gen.OneOf(Gen.Elements(s_words), Gen.Choose(0, int.MaxValue).Select(value => ((ulong)value << 32) | (uint)value));
        Gen<(int Register, ulong Value)> write =
            from register in Gen.Elements(s_registers)
            from value in word
            select (register, value);
        Gen<(ulong[] Words, (int Register, ulong Value)[] Writes, ulong Address)> guest =
            from words in word.ArrayOf(512)
            from writes in write.ArrayOf(12)
            from address in Gen.OneOf(word, Gen.Choose(0, 0xF_FFFF).Select(value => (ulong)value))
            select (words, writes, address);
        Prop.ForAll(guest.ToArbitrary(), one => Survives(one.Words, one.Writes, one.Address)).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Survives(ulong[] words, (int Register, ulong Value)[] writes, ulong address)
    {
        IommuMachine machine = new();

        // The same words again and again fill RAM, so that tables lead to tables.
        for (int i = 0; i < 0x8000 / 8; i++)
            machine.WriteRam((ulong)i * 8, words[i % words.Length]);
        machine.SetWide(0x20, 0x1000);
        machine.SetWide(0xB8, 0x1003);
        machine.Command(IommuMachine.RootPointer);
        machine.Command(IommuMachine.InterruptPointer);
        machine.Command(IommuMachine.Translation | IommuMachine.Interrupts);
        foreach ((int register, ulong value) in writes)
        {
            machine.SetWide(register, value);
            Use(machine.Memory, machine.Messages, address);
        }

        machine.Unit.Reset();
        return machine.Memory.TryWrite(IommuMachine.Data, [1]) && machine.Ram[IommuMachine.Data] == 1;
    }

    private static void Use(IGuestMemory memory, IMessageInterrupts messages, ulong address)
    {
        byte[] bytes = new byte[9000];
        memory.TryRead(address, bytes);
        memory.TryWrite(address, bytes.AsSpan(0, 4));
        memory.TryWrite(address, bytes);
        messages.Send(0xFEE0_0000 | (address & 0xF_FFFF), (uint)address);
        messages.Send(address, 1);
    }
}
