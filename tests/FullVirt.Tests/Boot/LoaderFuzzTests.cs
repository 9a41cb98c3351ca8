using Dominion.Diagnostics;
using Dominion.FullVirt.Bare;
using Dominion.FullVirt.Boot;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.FullVirt.Tests.Boot;

/// <summary>Any bytes give a plan that stays in usable memory, or a diagnostic, and never anything else.</summary>
public class LoaderFuzzTests
{
    private static readonly byte[][] Seeds =
        [ImageMaker.Linux(), ImageMaker.FlatMultiboot(), ImageMaker.Elf64(), ImageMaker.Elf64(multiboot: true), new Guests.Builtin.Hello().Build()];

    private static readonly byte[] Interesting = [0, 1, 2, 4, 0x10, 0x7f, 0x80, 0xfe, 0xff];

    private static Gen<byte[]> Mutated()
    {
        // Most mutations hit the headers, where the fields are.
        Gen<(int, byte)> change =
            from head in Gen.Elements(true, true, true, false)
            from position in Gen.Choose(0, int.MaxValue - 1)
            from value in Gen.OneOf(Gen.Elements(Interesting), Gen.Choose(0, 255).Select(v => (byte)v))
            select (head ? position % 0x280 : position, value);
        return
            from seed in Gen.Elements(Seeds)
            from changes in Gen.ListOf(change, 8)
            from cut in Gen.Frequency((3, Gen.Constant(int.MaxValue)), (1, Gen.Choose(1, 0x3000)))
            select Apply(seed, changes, cut);
    }

    private static byte[] Apply(byte[] seed, IEnumerable<(int Position, byte Value)> changes, int cut)
    {
        byte[] image = seed[..Math.Min(seed.Length, cut)];
        foreach ((int position, byte value) in changes)
            image[position % image.Length] = value;
        return image;
    }

    private static bool GivesPlanOrDiagnostic(byte[] image, BootProtocol protocol)
    {
        BootEnvironment environment = PcMap.Environment(32, new BootFile("/initrd", new byte[10000]));
        try
        {
            BootPlan plan = KernelImages.Parse(ImageMaker.File(image, "a b"), protocol).Plan(environment);
            BootMemory usable = new(environment.MemoryMap);
            return plan.Segments.All(s => (ulong)s.Data.Length <= s.MemorySize && usable.Contains(s.Address, s.MemorySize));
        }
        catch (DiagnosticException)
        {
            return true;
        }
    }

    [Fact]
    public void Mutated_images() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(20_000),
            Prop.ForAll(Mutated().ToArbitrary(), image => GivesPlanOrDiagnostic(image, BootProtocol.Auto)));

    [Fact]
    public void Mutated_images_by_pvh() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(10_000),
            Prop.ForAll(Mutated().ToArbitrary(), image => GivesPlanOrDiagnostic(image, BootProtocol.Pvh)));

    [Fact]
    public void Random_bytes() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2_000),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), image => GivesPlanOrDiagnostic([1, .. image], BootProtocol.Auto)));
}
