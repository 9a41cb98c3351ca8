using Dominion.Services.Local.Block;
using FsCheck;
using FsCheck.Fluent;

namespace Dominion.Services.Local.Tests.Block;

public class SectorMapTests
{
    private const int Sectors = 70_000;

    [Fact]
    public void It_agrees_with_a_set_of_sectors()
    {
        Gen<(int First, int Count)[]> ranges =
            (from first in Gen.Choose(0, Sectors - 1)
             from count in Gen.OneOf(Gen.Choose(1, 3), Gen.Choose(1, 200), Gen.Choose(1, Sectors))
             select (first, Math.Min(count, Sectors - first))).ArrayOf().Select(all => all.Take(6).ToArray());
        Prop.ForAll(ranges.ToArbitrary(), Agrees).Check(Config.QuickThrowOnFailure);
    }

    private static bool Agrees((int First, int Count)[] ranges)
    {
        SectorMap map = new(Sectors);
        bool[] model = new bool[Sectors];
        foreach ((int first, int count) in ranges)
        {
            map.Add((ulong)first, (ulong)count);
            model.AsSpan(first, count).Fill(true);
        }

        SectorMap copy = new(Sectors);
        byte[] page = new byte[SectorMap.PageLength];
        for (int i = 0; i < map.PageCount; i++)
        {
            if (map.TryTakeDirty(i, page))
                copy.Load(i, page);
        }

        for (int at = 0; at < Sectors;)
        {
            int run = (int)map.GetRun((ulong)at, (ulong)(Sectors - at), out bool present);
            if (run < 1 || run != (int)copy.GetRun((ulong)at, (ulong)(Sectors - at), out bool copied) || copied != present)
                return false;
            if (model.AsSpan(at, run).Contains(!present) || (at + run < Sectors && model[at + run] == present))
                return false;
            at += run;
        }

        return true;
    }
}
