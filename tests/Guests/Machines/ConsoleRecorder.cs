using System.Text;
using Dominion.Host.Machine.Consoles;

namespace Dominion.Guests.Tests.Machines;

/// <summary>Keeps what a console shows and lets a test wait for a text in it.</summary>
internal sealed class ConsoleRecorder : IConsoleOutput
{
    /// <summary>How long a test waits when it does not say: many times what a busy machine with two cores needs.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private const int ShownInMessages = 4000;
    private readonly Lock _gate = new();
    private readonly StringBuilder _text = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _read;

    /// <summary>Everything so far.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
                return _text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _text.Append(Encoding.Latin1.GetString(bytes));
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        more.SetResult();
    }

    /// <summary>Waits for a text that comes after everything expected before.</summary>
    /// <param name="expected">The text.</param>
    /// <param name="ended">Ends the wait early: nothing comes any more.</param>
    /// <returns>What came before the text.</returns>
    /// <exception cref="TimeoutException">The text did not come; the message holds what did.</exception>
    public async Task<string> ExpectAsync(string expected, Task ended)
    {
        using CancellationTokenSource limit = new(Limit);
        Task late = Task.Delay(Timeout.Infinite, limit.Token);
        while (true)
        {
            bool isLast = ended.IsCompleted || late.IsCompleted;
            Task more;
            lock (_gate)
            {
                string unread = _text.ToString(_read, _text.Length - _read);
                int place = unread.IndexOf(expected, StringComparison.Ordinal);
                if (place >= 0)
                {
                    _read += place + expected.Length;
                    return unread[..place];
                }
                if (isLast)
                    throw new TimeoutException($"'{expected}' did not come {(ended.IsCompleted ? "before the domain ended" : $"within {Limit.TotalSeconds} s")}; the console showed at last:\n{_text.ToString(Math.Max(0, _text.Length - ShownInMessages), Math.Min(_text.Length, ShownInMessages))}");
                more = _more.Task;
            }
            await Task.WhenAny(more, ended, late);
        }
    }
}
