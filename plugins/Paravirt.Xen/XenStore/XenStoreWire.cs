using System.Text;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>The wire's limits and its encoding of texts (xen/include/public/io/xs_wire.h, docs/misc/xenstore.txt).</summary>
internal static class XenStoreWire
{
    /// <summary>XENSTORE_PAYLOAD_MAX: the largest payload in either direction, in bytes.</summary>
    public const int PayloadMaximum = 4096;

    /// <summary>XENSTORE_ABS_PATH_MAX: the longest absolute path, in bytes.</summary>
    public const int AbsolutePathMaximum = 3072;

    /// <summary>XENSTORE_REL_PATH_MAX: the longest relative path, in bytes.</summary>
    public const int RelativePathMaximum = 2048;

    /// <summary>Texts are bytes without a NUL; Latin-1 keeps each byte of a token that a client made.</summary>
    public static Encoding Text => Encoding.Latin1;

    /// <summary>Encodes texts, each with a NUL behind it.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The payload.</returns>
    public static byte[] Encode(params IEnumerable<string> texts)
    {
        StringBuilder builder = new();
        foreach (string text in texts)
            builder.Append(text).Append('\0');
        return Text.GetBytes(builder.ToString());
    }

    /// <summary>Splits a payload at its NULs.</summary>
    /// <param name="payload">The payload.</param>
    /// <returns>The texts that end in a NUL; what follows the last NUL is reserved and left out.</returns>
    public static List<string> Decode(ReadOnlySpan<byte> payload)
    {
        List<string> texts = [];
        for (int end = payload.IndexOf((byte)0); end >= 0; end = payload.IndexOf((byte)0))
        {
            texts.Add(Text.GetString(payload[..end]));
            payload = payload[(end + 1)..];
        }

        return texts;
    }
}
