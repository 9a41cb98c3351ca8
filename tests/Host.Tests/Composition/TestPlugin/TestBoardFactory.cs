using Dominion.Devices;
using Dominion.Plugins;

namespace Dominion.Host.Tests.Composition.TestPlugin;

[Board("test-board", Options = typeof(TestBoardOptions))]
public sealed class TestBoardFactory : IBoardFactory
{
    public IReadOnlyList<BoardSlot> GetSlots(object? options)
    {
        var board = (TestBoardOptions)options!;
        if (board.Throw)
            throw new InvalidOperationException("no slots today");
        return
        [
            new BoardSlot("com1", "test-uart", new Dictionary<string, object> { ["port"] = 0x3f8, ["irq"] = 4, ["stream"] = "console", ["unknown-to-all"] = true }),
            new BoardSlot("com2", board.SecondPort ? "test-uart" : null, new Dictionary<string, object> { ["port"] = (ushort)0x2f8, ["irq"] = 3 }),
        ];
    }

    public IBoard Create(IBoardContext context, object? options) => throw new InvalidOperationException("composition makes no board");
}
