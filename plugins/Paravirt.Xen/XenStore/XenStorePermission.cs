using System.Globalization;

namespace Dominion.Paravirt.Xen.XenStore;

/// <summary>
/// An entry of a node's permissions. The first one names the owner, who may do everything, and gives the rights of all domains that no other entry
/// names (docs/misc/xenstore.txt).
/// </summary>
/// <param name="Domain">The domain's id.</param>
/// <param name="Access">The rights: read, write, both or none.</param>
internal readonly record struct XenStorePermission(int Domain, XenStoreAccess Access)
{
    /// <summary>DOMID_ANY (xen/include/public/xen.h): every domain; not as an owner.</summary>
    public const int AnyDomain = 0x7FF5;

    /// <summary>The first id that names no domain (xen/include/public/xen.h, DOMID_FIRST_RESERVED).</summary>
    public const int FirstReserved = 0x7FF0;

    /// <summary>Reads an entry as the wire has it: a letter of <c>rwbn</c>, then the domain id in decimal.</summary>
    /// <param name="text">The entry.</param>
    /// <param name="permission">The permission.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out XenStorePermission permission)
    {
        permission = default;
        XenStoreAccess? access = text is [] ? null : text[0] switch
        {
            'n' => XenStoreAccess.None,
            'r' => XenStoreAccess.Read,
            'w' => XenStoreAccess.Write,
            'b' => XenStoreAccess.Both,
            _ => null,
        };
        if (access is null || !TryParseDomain(text[1..], out int domain))
            return false;
        permission = new XenStorePermission(domain, access.Value);
        return domain is < FirstReserved or AnyDomain;
    }

    /// <summary>Reads a domain id in decimal.</summary>
    /// <param name="text">The digits.</param>
    /// <param name="domain">The id, 0 to 65535.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParseDomain(string text, out int domain)
    {
        bool valid = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort value);
        domain = value;
        return valid;
    }

    /// <summary>The entry as the wire has it.</summary>
    /// <returns>The letter and the id.</returns>
    public override string ToString() => "nrwb"[(int)(Access & XenStoreAccess.Both)] + Domain.ToString(CultureInfo.InvariantCulture);
}
