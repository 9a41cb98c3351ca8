using System.Runtime.InteropServices;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>Instructions that follow each other in one page, decoded once. Lives in the arena of its <see cref="BlockCache"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Block
{
    /// <summary>The machine address of the first byte.</summary>
    public ulong Address;

    /// <summary>The mode that it was decoded for.</summary>
    public uint Mode;

    /// <summary>How many instructions there are.</summary>
    public ushort Count;

    /// <summary>How many bytes of code there are.</summary>
    public ushort Length;

    /// <summary>The instructions; after the last one stands one that goes on to the following address.</summary>
    public Op* Ops;

    /// <summary>Where the fall-through leads, valid while <see cref="NextGeneration"/> is current.</summary>
    public Block* Next;

    /// <summary>Where the taken branch leads, valid while <see cref="TakenGeneration"/> is current.</summary>
    public Block* Taken;

    /// <summary>When <see cref="Next"/> was found.</summary>
    public uint NextGeneration;

    /// <summary>When <see cref="Taken"/> was found.</summary>
    public uint TakenGeneration;

    /// <summary>The next block with the same hash.</summary>
    public Block* NextInHash;

    /// <summary>The next block of the same frame.</summary>
    public Block* NextInFrame;

    /// <summary>For an instruction that goes on in another page: the machine address of that page; otherwise 0. Such a block has one instruction and is never linked to.</summary>
    public ulong SecondPage;
}
