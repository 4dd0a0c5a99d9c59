namespace Atoll.Cli.Output;

/// <summary>A foreground colour as terminals number it (ECMA-48 SGR).</summary>
internal enum Colour
{
    None = 0,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Blue = 34,
    Grey = 90,
}
