namespace Dominion.Host.Machine.Domains;

/// <summary>What plugins keep for a whole machine, one object for each type. Used by the thread that makes the machine.</summary>
internal sealed class MachineWideObjects : IDisposable
{
    private readonly Dictionary<Type, object> _objects = [];
    private readonly List<object> _order = [];

    /// <summary>Finds an object, or makes it.</summary>
    internal T Get<T>(Func<T> create)
        where T : class
    {
        if (_objects.TryGetValue(typeof(T), out object? known))
            return (T)known;
        T made = create();
        _objects.Add(typeof(T), made);
        _order.Add(made);
        return made;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _order.Count - 1; i >= 0; i--)
            (_order[i] as IDisposable)?.Dispose();
    }
}
