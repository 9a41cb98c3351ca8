using Dominion.Cpu.X86;
using Dominion.Paravirt.Xen.Abi;
using Dominion.Paravirt.Xen.Emulation;
using Dominion.Paravirt.Xen.Paging;

namespace Dominion.Paravirt.Xen.Tests.Emulation;

public class DebugRegisterRulesTests
{
    [Theory]
    [InlineData(0xFFFF_8000_0000_0000)]
    [InlineData(0xFFFF_8200_0000_0000)]
    [InlineData(0x0001_0000_0000_0000)]
    public void Breakpoints_are_on_the_guest_s_own_addresses(ulong address)
    {
        X86State state = default;
        Assert.Equal(XenError.Perm, DebugRegisterRules.Write(ref state, 0, address));
        Assert.Equal(0ul, state.DebugAddresses[0]);
        Assert.Equal(XenError.Success, DebugRegisterRules.Write(ref state, 0, 0xFFFF_FFFF_8000_1234));
    }

    [Fact]
    public void General_detect_and_breakpoints_on_ports_are_not_the_guest_s()
    {
        X86State state = default;
        Assert.Equal(XenError.Success, DebugRegisterRules.Write(ref state, 7, 0x2001));
        Assert.Equal(0x401ul, state.Dr7);
        Assert.Equal(XenError.Perm, DebugRegisterRules.Write(ref state, 7, 0x2_0001));
        Assert.Equal(XenError.Invalid, DebugRegisterRules.Write(ref state, 7, 1UL << 32));
        Assert.Equal(XenError.NoDevice, DebugRegisterRules.Write(ref state, 8, 0));
    }

    [Theory]
    [InlineData(0x00AF_9B00_0000_FFFF, true, 0x00AF_FB00_0000_FFFF)]
    [InlineData(0x00CF_9300_0000_FFFF, true, 0x00CF_F300_0000_FFFF)]
    [InlineData(0x0000_0000_0000_1234, true, 0x0000_0000_0000_1234)]
    [InlineData(0x00EF_9B00_0000_FFFF, false, 0)]
    [InlineData(0x0000_8200_0000_0000, false, 0)]
    public void Descriptors_are_brought_to_the_guest_s_level(ulong descriptor, bool allowed, ulong expected)
    {
        Assert.Equal(allowed, DescriptorRules.TryFix(ref descriptor));
        if (allowed)
            Assert.Equal(expected, descriptor);
    }
}
