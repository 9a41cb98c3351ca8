namespace Dominion.Devices.Pc.Interrupts;

/// <summary>What an interrupt message asks for (SDM volume 3A, 11.6.1, "Delivery Mode"); the values are the register fields'.</summary>
internal enum DeliveryMode
{
    /// <summary>The vector, to every destination.</summary>
    Fixed = 0,

    /// <summary>The vector, to the destination with the lowest priority.</summary>
    LowestPriority = 1,

    /// <summary>System management interrupt; there is no system management mode here, so it has no effect.</summary>
    Smi = 2,

    /// <summary>Reserved (remote read).</summary>
    Reserved = 3,

    /// <summary>Non-maskable interrupt.</summary>
    Nmi = 4,

    /// <summary>INIT.</summary>
    Init = 5,

    /// <summary>Startup; the vector is the page number.</summary>
    Startup = 6,

    /// <summary>The vector comes from the 8259.</summary>
    External = 7,
}
