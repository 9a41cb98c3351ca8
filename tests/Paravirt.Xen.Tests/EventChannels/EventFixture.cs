using System.Runtime.InteropServices;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.EventChannels;

namespace Dominion.Paravirt.Xen.Tests.EventChannels;

/// <summary>Two domains, the second with two vCPUs and memory for its events.</summary>
internal sealed unsafe class EventFixture : IUpcallTarget, IDisposable
{
    private readonly byte* _memory = (byte*)NativeMemory.AllocZeroed(16 * 4096);

    public EventFixture()
    {
        Lock gate = new();
        Control = new EventChannelTable(0, gate, null);
        Guest = new EventChannelTable(1, gate, this);
        TwoLevel = new TwoLevelEventBits(AbiLayout.Bits64, _memory, this);
        Guest.Bits = TwoLevel;
    }

    public EventChannelTable Control { get; }

    public EventChannelTable Guest { get; }

    public TwoLevelEventBits TwoLevel { get; }

    public List<int> Upcalls { get; } = [];

    public List<uint> Polls { get; } = [];

    public int VcpuCount => 2;

    public byte* Page(int index) => _memory + (4096 * index);

    public byte* VcpuInfo(int vcpu) => _memory + (64 * vcpu);

    public void NotifyUpcall(int vcpu) => Upcalls.Add(vcpu);

    public void NotifyPoll(uint port) => Polls.Add(port);

    public bool Bit(int offset, uint number) => (_memory[offset + (number / 8)] & (1 << (int)(number % 8))) != 0;

    public void SetBit(int offset, uint number) => _memory[offset + (number / 8)] |= (byte)(1 << (int)(number % 8));

    public void Dispose() => NativeMemory.Free(_memory);
}
