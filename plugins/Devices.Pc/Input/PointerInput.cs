using Dominion.Services;

namespace Dominion.Devices.Pc.Input;

/// <summary>What moves the mouse: a character stream of reports of four bytes, <c>buttons, x, y, wheel</c>. The buttons are bit 0 left, bit 1 right, bit 2 middle, with bits 7–3 zero; the others are signed, to the right, up, and towards the user. A first byte with other bits is skipped.</summary>
internal sealed class PointerInput(Ps2Mouse mouse, Action moved) : ICharacterReceiver
{
    private const int ReportLength = 4;
    private readonly byte[] _report = new byte[ReportLength];
    private int _length;

    /// <inheritdoc/>
    public int Receive(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
        {
            if (_length == 0 && value > 7)
                continue;
            _report[_length++] = value;
            if (_length < ReportLength)
                continue;
            _length = 0;
            mouse.Move((sbyte)_report[1], (sbyte)_report[2], (sbyte)_report[3], _report[0]);
        }

        moved();
        return bytes.Length;
    }

    /// <summary>Forgets a report that has begun.</summary>
    public void Reset() => _length = 0;
}
