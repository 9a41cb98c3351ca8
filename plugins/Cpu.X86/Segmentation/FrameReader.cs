using Dominion.Cpu.X86.Interpreter.Memory;
using Dominion.Cpu.X86.State;

namespace Dominion.Cpu.X86.Segmentation;

/// <summary>Pops a frame from the current stack; RSP moves only with <see cref="Commit"/>.</summary>
internal unsafe ref struct FrameReader
{
    private readonly X86Core _core;
    private ulong _offset;

    public FrameReader(X86Core core)
    {
        _core = core;
    }

    /// <summary>Pops a value of 2, 4 or 8 bytes.</summary>
    /// <returns>False when a fault is recorded.</returns>
    public bool Pop(int size, out ulong value)
    {
        CoreState* s = _core.S;
        bool ok;
        switch (size)
        {
            case 2:
                ok = Stack.Peek(s, _core, _offset, out ushort word);
                value = word;
                break;
            case 4:
                ok = Stack.Peek(s, _core, _offset, out uint dword);
                value = dword;
                break;
            default:
                ok = Stack.Peek(s, _core, _offset, out value);
                break;
        }

        _offset += (ulong)size;
        return ok;
    }

    /// <summary>Passes over bytes.</summary>
    public void Skip(uint bytes) => _offset += bytes;

    /// <summary>Moves RSP behind what was popped.</summary>
    public readonly void Commit() => Stack.SetPointer(_core.S, _core.S->Arch.Gpr[(int)X86Register.Rsp] + _offset);
}
