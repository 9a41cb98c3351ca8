namespace Dominion.Guests.Tests.Initrd;

/// <summary>One entry of an archive.</summary>
internal sealed record CpioEntry(string Path, uint Inode, uint Mode, uint Major, uint Minor, byte[] Content);
