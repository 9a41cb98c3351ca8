using Iced.Intel;

namespace Dominion.Cpu.X86.Decoding;

/// <summary>The bytes that the decoder reads from: what is left of a page, or an instruction that was put together from two pages.</summary>
internal sealed unsafe class CodeWindow : CodeReader
{
    private byte* _next;
    private byte* _end;

    public void Set(byte* start, int length)
    {
        _next = start;
        _end = start + length;
    }

    public override int ReadByte() => _next < _end ? *_next++ : -1;
}
