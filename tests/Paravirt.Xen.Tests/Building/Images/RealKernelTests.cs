using Dominion.Paravirt.Xen.Building.Images;

namespace Dominion.Paravirt.Xen.Tests.Building.Images;

/// <summary>What readelf and xz say of real kernels.</summary>
public class RealKernelTests
{
    private const ulong Memory = 256 << 20;

    [RealKernelFact("vmlinuz-amd64")]
    public void Debians_kernel_in_xz() => IsLinux("vmlinuz-amd64");

    [RealKernelFact("vmlinuz-cloud")]
    public void Debians_cloud_kernel_in_lz4() => IsLinux("vmlinuz-cloud");

    [RealKernelFact("vmlinuz-amd64")]
    public void A_kernel_larger_than_the_domain() =>
        Refused.With("DOM3604", "at most 33554432", () => PvElf.Load("vmlinuz-amd64", RealKernels.Read("vmlinuz-amd64"), 32 << 20));

    [RealKernelFact("vmlinuz-amd64")]
    public void A_kernel_whose_zeroes_do_not_fit() =>
        Refused.With("DOM3612", "a segment", () => PvElf.Load("vmlinuz-amd64", RealKernels.Read("vmlinuz-amd64"), 68 << 20));

    [RealKernelFact("vmlinuz-amd64")]
    public void A_flipped_bit_in_the_payload()
    {
        byte[] file = RealKernels.Read("vmlinuz-amd64");
        file[file.Length / 2] ^= 0x10;
        Refused.With("DOM3603", "damaged", () => PvElf.Load("vmlinuz-amd64", file, Memory));
    }

    [RealKernelFact("grub-x86_64-xen.bin")]
    public void Grub_64()
    {
        PvKernel kernel = PvElf.Load("grub", RealKernels.Read("grub-x86_64-xen.bin"), Memory);
        Assert.True(kernel.Is64Bit);
        IsGrub(kernel);
        Assert.Equal(PaeMode.None, kernel.PaeMode);
    }

    [RealKernelFact("grub-i386-xen.bin")]
    public void Grub_32_whose_last_note_is_cut()
    {
        PvKernel kernel = PvElf.Load("grub", RealKernels.Read("grub-i386-xen.bin"), Memory);
        Assert.False(kernel.Is64Bit);
        IsGrub(kernel);
        Assert.Equal(PaeMode.ExtendedCr3, kernel.PaeMode);
    }

    [RealKernelFact("builtin/pv-hello.elf")]
    public void The_built_in_guest()
    {
        PvKernel kernel = PvElf.Load("pv-hello", RealKernels.Read("builtin/pv-hello.elf"), 4 << 20);
        Assert.True(kernel.Is64Bit);
        Assert.Equal(0xFFFF_FFFF_8000_0000, kernel.VirtualBase);
        Assert.Equal(kernel.VirtualBase + 0x10_0000, kernel.VirtualStart);
        Assert.Equal(kernel.VirtualStart, kernel.HypercallPage);
        Assert.InRange(kernel.Entry, kernel.VirtualStart + 0x1000, kernel.VirtualEnd - 1);
        Assert.Equal(XenFeatures.None, kernel.RequiredFeatures);
    }

    private static void IsGrub(PvKernel kernel)
    {
        Assert.Equal("GRUB", kernel.Notes.GuestOs);
        Assert.Equal("generic", kernel.Notes.Loader);
        Assert.Equal(0ul, kernel.Notes.Entry);
        Assert.Equal(0ul, kernel.Entry);
        Assert.Equal(0ul, kernel.VirtualBase);
        Assert.Equal(0ul, kernel.VirtualStart);
        Assert.Null(kernel.HypercallPage);
        Assert.Null(kernel.InitialP2M);
        Assert.False(kernel.ModuleStartPfn);
        Assert.Equal(2, kernel.Segments.Count);
        Assert.Equal(kernel.Segments[1].PhysicalEnd, kernel.VirtualEnd);
    }

    private static void IsLinux(string name)
    {
        PvKernel kernel = PvElf.Load(name, RealKernels.Read(name), Memory);
        Assert.True(kernel.Is64Bit);
        Assert.Equal(0xFFFF_FFFF_8000_0000, kernel.VirtualBase);
        Assert.Equal(0xFFFF_FFFF_8100_0000, kernel.VirtualStart);
        Assert.Equal(0x100_0000ul, kernel.PhysicalStart);
        Assert.Equal(0ul, kernel.VirtualEnd & 0x1F_FFFF);
        Assert.InRange(kernel.Entry, kernel.VirtualStart, kernel.VirtualEnd - 1);
        Assert.Null(kernel.HypercallPage);
        Assert.Equal(0x80_0000_0000ul, kernel.InitialP2M);
        Assert.True(kernel.ModuleStartPfn);
        Assert.Equal(XenFeatures.WritablePageTables, kernel.RequiredFeatures);
        Assert.True(kernel.SupportedFeatures.HasFlag(XenFeatures.PaePageDirectoryAbove4Gb));
        Assert.True(kernel.SupportedFeatures.HasFlag(XenFeatures.Dom0));
        Assert.Equal("xen-3.0", kernel.Notes.XenVersion);
        Assert.Equal("linux", kernel.Notes.GuestOs);
        Assert.Equal("2.6", kernel.Notes.GuestVersion);
        Assert.Equal(0xFFFF_8000_0000_0000, kernel.Notes.VmmStartLow);
        Assert.Equal([(1ul, 1ul)], kernel.Notes.L1MfnValid);
        Assert.True(kernel.Notes.SuspendCancel);
        Assert.NotNull(kernel.Notes.Physical32Entry);
        Assert.Equal(4, kernel.Segments.Count);

        // The per-CPU segment has p_vaddr 0: only p_paddr says where it goes.
        Assert.All(kernel.Segments, s => Assert.Equal(s.PhysicalStart + kernel.VirtualBase, s.VirtualStart));
    }
}
