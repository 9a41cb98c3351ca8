namespace Dominion.Paravirt.Xen.Consoles;

/// <summary>The layout of the page that a console's two ends share (xen/include/public/io/console.h, struct xencons_interface). Indices run freely; each is written by one end only.</summary>
internal static class ConsoleRing
{
    /// <summary>What is typed: from the backend to the guest.</summary>
    public const int Input = 0;

    /// <summary>The size of the input in bytes.</summary>
    public const int InputSize = 1024;

    /// <summary>What is printed: from the guest to the backend.</summary>
    public const int Output = 1024;

    /// <summary>The size of the output in bytes.</summary>
    public const int OutputSize = 2048;

    /// <summary>How far the guest has read the input.</summary>
    public const int InputConsumer = 3072;

    /// <summary>How far the backend has written the input.</summary>
    public const int InputProducer = 3076;

    /// <summary>How far the backend has read the output.</summary>
    public const int OutputConsumer = 3080;

    /// <summary>How far the guest has written the output.</summary>
    public const int OutputProducer = 3084;
}
