namespace Atoll.Core.Faults;

/// <summary>Makes results where the implicit conversion cannot: C# has none from an interface.</summary>
public static class Result
{
    public static Result<T> Of<T>(T value) => Result<T>.From(value);
}
