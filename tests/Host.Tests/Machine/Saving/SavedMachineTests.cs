using Dominion.Diagnostics;
using Dominion.Domains;
using Dominion.Host.Composition;
using Dominion.Host.Machine.Saving;
using Dominion.Persistence;
using FsCheck;
using FsCheck.Fluent;
using Moq;

namespace Dominion.Host.Tests.Machine.Saving;

public sealed class SavedMachineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dominion-saved-").FullName;
    private readonly List<TestMachine> _machines = [];

    public static TheoryData<ClockKind> Clocks => new(ClockKind.Host, ClockKind.Virtual);

    private string FilePath => Path.Combine(_folder, "machine.dominion");

    public void Dispose()
    {
        _machines.ForEach(machine => machine.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_file_with_any_bit_changed_or_any_end_missing_is_refused_with_a_diagnostic()
    {
        byte[] whole = Save();
        string damaged = Path.Combine(_folder, "damaged");
        Prop.ForAll(Gen.Choose(0, (whole.Length * 8) - 1).ToArbitrary(), bit =>
        {
            byte[] changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            return IsRefused(damaged, changed);
        }).QuickCheckThrowOnFailure();
        Prop.ForAll(Gen.Choose(0, whole.Length - 1).ToArbitrary(), length => IsRefused(damaged, whole[..length])).QuickCheckThrowOnFailure();
        // The header whole: every field of it is looked at.
        for (int bit = 0; bit < 64 * 8; bit++)
        {
            byte[] changed = (byte[])whole.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(IsRefused(damaged, changed), $"bit {bit} of the header");
        }
    }

    [Fact]
    public void Anything_else_is_refused_with_a_diagnostic() =>
        Prop.ForAll<byte[]>(bytes => IsRefused(FilePath, [.. "DOMINION-MACHINE"u8, .. bytes]) && IsRefused(FilePath, bytes)).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_machine_is_saved_while_it_runs_and_goes_on_elsewhere_in_the_states_of_its_domains(ClockKind clock)
    {
        TestMachine machine = Machine(clock, 3);
        machine.Runtime!.Start();
        await machine.Runtime.Domains[1].PauseAsync().WaitAsync(TestMachine.Limit);
        await machine.Runtime.Domains[2].DestroyAsync().WaitAsync(TestMachine.Limit);
        Assert.False(await machine.Runtime.SaveAsync(FilePath).WaitAsync(TestMachine.Limit));
        Assert.Equal(DomainState.Running, machine.First.State);
        Assert.True(await machine.Runtime.SaveAsync(FilePath, stop: true).WaitAsync(TestMachine.Limit));
        Assert.Equal(0, await machine.Runtime.WaitAsync().WaitAsync(TestMachine.Limit));
        Assert.Contains("saved to", machine.First.Reason);
        await Assert.ThrowsAsync<DiagnosticException>(() => machine.Runtime.SaveAsync(FilePath));

        TestMachine other = Machine(clock, 3, FilePath);
        other.Runtime!.Start();
        Assert.Equal([DomainState.Running, DomainState.Paused, DomainState.Destroyed], other.Runtime.Domains.Select(domain => domain.State));
        Assert.True(other.Contexts[1].Clock.Now > 0);
        long held = other.Contexts[1].Clock.Now;
        Assert.True(await other.Runtime.Domains[1].UnpauseAsync().WaitAsync(TestMachine.Limit));
        Assert.True(other.Contexts[1].Clock.Now >= held);
    }

    [Fact]
    public async Task A_machine_that_cannot_be_saved_goes_on_and_leaves_no_file()
    {
        TestMachine machine = Machine(ClockKind.Host, 1);
        machine.Domains[0].Setup(domain => domain.Save(It.IsAny<StateWriter>())).Throws(new InvalidOperationException("a defect"));
        machine.Runtime!.Start();
        await File.WriteAllTextAsync(FilePath, "before");
        DiagnosticException refused = await Assert.ThrowsAsync<DiagnosticException>(() => machine.Runtime.SaveAsync(FilePath, stop: true));
        Assert.Equal("DOM5113", refused.Diagnostic.Id);
        Assert.Equal(DomainState.Running, machine.First.State);
        Assert.Equal("before", await File.ReadAllTextAsync(FilePath));
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void State_that_does_not_fit_refuses_the_machine()
    {
        Save();
        TestMachine other = new();
        _machines.Add(other);
        other.AddDomain("another", null, (vcpu, _) => vcpu.Loop());
        using SavedMachine saved = SavedMachine.Open(FilePath);
        Assert.Null(other.Create(ClockKind.Host, saved));
        Diagnostic told = Assert.Single(other.Diagnostics);
        Assert.Equal("DOM5109", told.Id);
        Assert.Contains("domain 'another'", told.Message);
    }

    [Fact]
    public void Missing_plugins_are_named_before_anything_is_made()
    {
        Save();
        using SavedMachine saved = SavedMachine.Open(FilePath);
        using Host.Plugins.PluginCatalog none = Host.Plugins.PluginCatalog.Discover(Array.Empty<string>());
        CompositionResult result = saved.Compose(none);
        Assert.Null(result.Plan);
        Diagnostic told = Assert.Single(result.Diagnostics);
        Assert.Equal("DOM5107", told.Id);
        Assert.Contains("'test.plugin' 1.2.3", told.Message);
    }

    private static bool IsRefused(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            SavedMachine.Open(path).Dispose();
            return false;
        }
        catch (DiagnosticException refused)
        {
            return refused.Diagnostic.Id is "DOM5103" or "DOM5104" or "DOM5105" or "DOM5106";
        }
    }

    private byte[] Save()
    {
        TestMachine machine = Machine(ClockKind.Host, 1);
        machine.Runtime!.SaveAsync(FilePath).GetAwaiter().GetResult();
        return File.ReadAllBytes(FilePath);
    }

    private TestMachine Machine(ClockKind clock, int domains, string? restored = null)
    {
        TestMachine machine = new();
        _machines.Add(machine);
        for (int i = 0; i < domains; i++)
            machine.AddDomain($"d{i}", null, (vcpu, budget) => clock == ClockKind.Host ? vcpu.Loop() : vcpu.Spend(budget));
        using SavedMachine? saved = restored is null ? null : SavedMachine.Open(restored);
        machine.Create(clock, saved);
        Assert.Empty(machine.Diagnostics);
        return machine;
    }
}
