namespace Dominion.Devices.Pc.Tests;

/// <summary>A wire that counts its rising edges.</summary>
internal sealed class TestLine : IInterruptLine
{
    public bool Asserted { get; private set; }

    public int Edges { get; private set; }

    public void Set(bool asserted)
    {
        if (asserted && !Asserted)
            Edges++;
        Asserted = asserted;
    }
}
