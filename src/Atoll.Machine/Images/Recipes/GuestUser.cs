namespace Atoll.Machine.Images.Recipes;

/// <summary>The user that agents' code runs as, the same in every template that comes with Atoll.</summary>
internal static class GuestUser
{
    public const string Name = "user";
    public const int Id = 1000;
    public const string Home = "/home/user";
}
